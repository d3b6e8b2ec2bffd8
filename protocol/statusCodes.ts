/** One response status code (TS-0004 6.6.3) with its HTTP (TS-0009 6.3.2) and CoAP (TS-0008 6.2.4) codes. */
export interface StatusCode {
  readonly rsc: number
  readonly name: string
  readonly http: number
  /** e.g. `4.03`; absent where no mapping is given. On a notify 2000 is 2.04; 1002 may be 2.04 too. */
  readonly coap?: string
}

/** 4128 has no HTTP code in the table of TS-0009; 403 is what its neighbours have (docs/spec-inconsistencies.md). */
export const statusCodes: readonly StatusCode[] = [
  { rsc: 1000, name: 'ACCEPTED', http: 202 },
  { rsc: 1001, name: 'ACCEPTED_NON_BLOCKING_SYNCH', http: 202, coap: '2.01' },
  { rsc: 1002, name: 'ACCEPTED_NON_BLOCKING_ASYNCH', http: 202, coap: '2.01' },
  { rsc: 2000, name: 'OK', http: 200, coap: '2.05' },
  { rsc: 2001, name: 'CREATED', http: 201, coap: '2.01' },
  { rsc: 2002, name: 'DELETED', http: 200, coap: '2.02' },
  { rsc: 2004, name: 'UPDATED', http: 200, coap: '2.04' },
  { rsc: 4000, name: 'BAD_REQUEST', http: 400, coap: '4.00' },
  { rsc: 4001, name: 'RELEASE_VERSION_NOT_SUPPORTED', http: 501, coap: '5.01' },
  { rsc: 4004, name: 'NOT_FOUND', http: 404, coap: '4.04' },
  { rsc: 4005, name: 'OPERATION_NOT_ALLOWED', http: 405, coap: '4.05' },
  { rsc: 4008, name: 'REQUEST_TIMEOUT', http: 504, coap: '5.04' },
  { rsc: 4015, name: 'UNSUPPORTED_MEDIA_TYPE', http: 415, coap: '4.15' },
  { rsc: 4101, name: 'SUBSCRIPTION_CREATOR_HAS_NO_PRIVILEGE', http: 403, coap: '4.03' },
  { rsc: 4102, name: 'CONTENTS_UNACCEPTABLE', http: 400, coap: '4.00' },
  { rsc: 4103, name: 'ORIGINATOR_HAS_NO_PRIVILEGE', http: 403, coap: '4.03' },
  { rsc: 4104, name: 'GROUP_REQUEST_IDENTIFIER_EXISTS', http: 409, coap: '4.00' },
  { rsc: 4105, name: 'CONFLICT', http: 409, coap: '4.03' },
  { rsc: 4106, name: 'ORIGINATOR_NOT_AUTHENTICATED', http: 403, coap: '4.03' },
  { rsc: 4107, name: 'SECURITY_ASSOCIATION_REQUIRED', http: 403, coap: '4.03' },
  { rsc: 4108, name: 'INVALID_CHILD_RESOURCE_TYPE', http: 403, coap: '4.03' },
  { rsc: 4109, name: 'NO_MEMBERS', http: 403, coap: '4.03' },
  { rsc: 4110, name: 'GROUP_MEMBER_TYPE_INCONSISTENT', http: 400, coap: '4.00' },
  { rsc: 4111, name: 'ESPRIM_UNSUPPORTED_OPTION', http: 403, coap: '4.03' },
  { rsc: 4112, name: 'ESPRIM_UNKNOWN_KEY_ID', http: 403, coap: '4.03' },
  { rsc: 4113, name: 'ESPRIM_UNKNOWN_ORIG_RAND_ID', http: 403, coap: '4.03' },
  { rsc: 4114, name: 'ESPRIM_UNKNOWN_RECV_RAND_ID', http: 403, coap: '4.03' },
  { rsc: 4115, name: 'ESPRIM_BAD_MAC', http: 403, coap: '4.03' },
  { rsc: 4116, name: 'ESPRIM_IMPERSONATION_ERROR', http: 403, coap: '4.03' },
  { rsc: 4117, name: 'ORIGINATOR_HAS_ALREADY_REGISTERED', http: 403, coap: '4.03' },
  { rsc: 4118, name: 'ONTOLOGY_NOT_AVAILABLE', http: 404, coap: '4.04' },
  { rsc: 4119, name: 'LINKED_SEMANTICS_NOT_AVAILABLE', http: 404, coap: '4.04' },
  { rsc: 4120, name: 'INVALID_SEMANTICS', http: 400, coap: '4.02' },
  { rsc: 4121, name: 'MASHUP_MEMBER_NOT_FOUND', http: 404, coap: '4.04' },
  { rsc: 4122, name: 'INVALID_TRIGGER_PURPOSE', http: 400, coap: '4.02' },
  { rsc: 4123, name: 'ILLEGAL_TRANSACTION_STATE_TRANSITION_ATTEMPTED', http: 400, coap: '4.00' },
  { rsc: 4124, name: 'BLOCKING_SUBSCRIPTION_ALREADY_EXISTS', http: 409, coap: '4.00' },
  { rsc: 4125, name: 'SPECIALIZATION_SCHEMA_NOT_FOUND', http: 501, coap: '5.01' },
  { rsc: 4126, name: 'APP_RULE_VALIDATION_FAILED', http: 403, coap: '4.03' },
  { rsc: 4127, name: 'OPERATION_DENIED_BY_REMOTE_ENTITY', http: 403, coap: '4.03' },
  { rsc: 4128, name: 'SERVICE_SUBSCRIPTION_NOT_ESTABLISHED', http: 403 },
  { rsc: 4143, name: 'INVALID_SPARQL_QUERY', http: 400, coap: '4.00' },
  { rsc: 5000, name: 'INTERNAL_SERVER_ERROR', http: 500, coap: '5.00' },
  { rsc: 5001, name: 'NOT_IMPLEMENTED', http: 501, coap: '5.01' },
  { rsc: 5103, name: 'TARGET_NOT_REACHABLE', http: 404, coap: '4.04' },
  { rsc: 5105, name: 'RECEIVER_HAS_NO_PRIVILEGE', http: 403, coap: '4.03' },
  { rsc: 5106, name: 'ALREADY_EXISTS', http: 409, coap: '4.00' },
  { rsc: 5107, name: 'REMOTE_ENTITY_NOT_REACHABLE', http: 404, coap: '4.04' },
  { rsc: 5203, name: 'TARGET_NOT_SUBSCRIBABLE', http: 403, coap: '4.03' },
  { rsc: 5204, name: 'SUBSCRIPTION_VERIFICATION_INITIATION_FAILED', http: 500, coap: '5.00' },
  { rsc: 5205, name: 'SUBSCRIPTION_HOST_HAS_NO_PRIVILEGE', http: 403, coap: '4.03' },
  { rsc: 5206, name: 'NON_BLOCKING_SYNCH_REQUEST_NOT_SUPPORTED', http: 501, coap: '5.01' },
  { rsc: 5207, name: 'NOT_ACCEPTABLE', http: 406, coap: '4.06' },
  { rsc: 5208, name: 'DISCOVERY_DENIED_BY_IPE', http: 403, coap: '4.03' },
  { rsc: 5209, name: 'GROUP_MEMBERS_NOT_RESPONDED', http: 500, coap: '5.00' },
  { rsc: 5210, name: 'ESPRIM_DECRYPTION_ERROR', http: 500, coap: '5.00' },
  { rsc: 5211, name: 'ESPRIM_ENCRYPTION_ERROR', http: 500, coap: '5.00' },
  { rsc: 5212, name: 'SPARQL_UPDATE_ERROR', http: 500, coap: '5.00' },
  { rsc: 5214, name: 'TARGET_HAS_NO_SESSION_CAPABILITY', http: 403, coap: '4.03' },
  { rsc: 5215, name: 'SESSION_IS_ONLINE', http: 403, coap: '4.03' },
  { rsc: 5216, name: 'JOIN_MULTICAST_GROUP_FAILED', http: 500, coap: '5.00' },
  { rsc: 5217, name: 'LEAVE_MULTICAST_GROUP_FAILED', http: 500, coap: '5.00' },
  { rsc: 5218, name: 'TRIGGERING_DISABLED_FOR_RECIPIENT', http: 403, coap: '4.03' },
  { rsc: 5219, name: 'UNABLE_TO_REPLACE_REQUEST', http: 409, coap: '4.00' },
  { rsc: 5220, name: 'UNABLE_TO_RECALL_REQUEST', http: 409, coap: '4.00' },
  { rsc: 5221, name: 'CROSS_RESOURCE_OPERATION_FAILURE', http: 500, coap: '5.00' },
  { rsc: 5222, name: 'TRANSACTION_PROCESSING_IS_INCOMPLETE', http: 403, coap: '4.03' },
  { rsc: 6003, name: 'EXTERNAL_OBJECT_NOT_REACHABLE', http: 404, coap: '4.04' },
  { rsc: 6005, name: 'EXTERNAL_OBJECT_NOT_FOUND', http: 404, coap: '4.04' },
  { rsc: 6010, name: 'MAX_NUMBER_OF_MEMBER_EXCEEDED', http: 400, coap: '4.00' },
  { rsc: 6020, name: 'MGMT_SESSION_CANNOT_BE_ESTABLISHED', http: 500, coap: '5.00' },
  { rsc: 6021, name: 'MGMT_SESSION_ESTABLISHMENT_TIMEOUT', http: 500, coap: '5.00' },
  { rsc: 6022, name: 'INVALID_CMDTYPE', http: 400, coap: '4.00' },
  { rsc: 6023, name: 'INVALID_ARGUMENTS', http: 400, coap: '4.00' },
  { rsc: 6024, name: 'INSUFFICIENT_ARGUMENTS', http: 400, coap: '4.00' },
  { rsc: 6025, name: 'MGMT_CONVERSION_ERROR', http: 500, coap: '5.00' },
  { rsc: 6026, name: 'MGMT_CANCELLATION_FAILED', http: 500, coap: '5.00' },
  { rsc: 6028, name: 'ALREADY_COMPLETE', http: 409, coap: '4.00' },
  { rsc: 6029, name: 'MGMT_COMMAND_NOT_CANCELLABLE', http: 409, coap: '4.00' },
  { rsc: 6030, name: 'EXTERNAL_OBJECT_NOT_REACHABLE_BEFORE_RQET_TIMEOUT', http: 504, coap: '5.04' },
  { rsc: 6031, name: 'EXTERNAL_OBJECT_NOT_REACHABLE_BEFORE_OET_TIMEOUT', http: 504, coap: '5.04' },
]

const byCode: ReadonlyMap<number, StatusCode> = new Map(statusCodes.map((row) => [row.rsc, row]))

/** The row of a code; undefined where the standard has none. */
export function statusOf(rsc: number): StatusCode | undefined {
  return byCode.get(rsc)
}

const httpByClass: Readonly<Record<number, number>> = { 1: 202, 2: 200, 4: 400, 5: 500, 6: 500 }

/** HTTP status of a response status code; an unknown code maps by its first digit. */
export function httpStatusOf(rsc: number): number {
  return statusOf(rsc)?.http ?? httpByClass[Math.floor(rsc / 1000)] ?? 500
}

/** 2xxx; acknowledgements (1xxx) are not success. */
export function isSuccess(rsc: number): boolean {
  return rsc >= 2000 && rsc < 3000
}
