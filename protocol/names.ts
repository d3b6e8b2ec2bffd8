/** Short names of request parameters and their long names (TS-0004 8.2). */
export const requestParameterNames: Readonly<Record<string, string>> = {
  op: 'operation',
  to: 'to',
  fr: 'from',
  rqi: 'requestIdentifier',
  rvi: 'releaseVersionIndicator',
  ty: 'resourceType',
  pc: 'primitiveContent',
  rids: 'roleIDs',
  ot: 'originatingTimestamp',
  rqet: 'requestExpirationTimestamp',
  rset: 'resultExpirationTimestamp',
  oet: 'operationExecutionTime',
  rt: 'responseType',
  rp: 'resultPersistence',
  rcn: 'resultContent',
  ec: 'eventCategory',
  da: 'deliveryAggregation',
  gid: 'groupRequestIdentifier',
  fc: 'filterCriteria',
  drt: 'desiredIdentifierResultType',
  tkns: 'tokens',
  tids: 'tokenIDs',
  ltids: 'localTokenIDs',
  tqi: 'tokenRequestIndicator',
  vsi: 'vendorInformation',
  grtm: 'groupRequestTargetMembers',
  asi: 'authorizationSignatureIndicator',
  aus: 'authorizationSignatures',
  auri: 'authorizationRelationshipIndicator',
  sqi: 'semanticQueryIndicator',
}

/** Short names of response parameters and their long names (TS-0004 8.2). */
export const responseParameterNames: Readonly<Record<string, string>> = {
  rsc: 'responseStatusCode',
  rqi: 'requestIdentifier',
  rvi: 'releaseVersionIndicator',
  pc: 'primitiveContent',
  to: 'to',
  fr: 'from',
  ot: 'originatingTimestamp',
  rset: 'resultExpirationTimestamp',
  ec: 'eventCategory',
  cnst: 'contentStatus',
  cnot: 'contentOffset',
  ati: 'assignedTokenIdentifiers',
  tqf: 'tokenRequestInformation',
  asri: 'authorizationSignatureRequestInformation',
  vsi: 'vendorInformation',
}

/** Short names of attributes and of the members of access control rules, with their long names (TS-0004 8.2). */
export const attributeNames: Readonly<Record<string, string>> = {
  ri: 'resourceID',
  rn: 'resourceName',
  pi: 'parentID',
  ty: 'resourceType',
  ct: 'creationTime',
  lt: 'lastModifiedTime',
  et: 'expirationTime',
  lbl: 'labels',
  acpi: 'accessControlPolicyIDs',
  daci: 'dynamicAuthorizationConsultationIDs',
  cr: 'creator',
  at: 'announceTo',
  aa: 'announcedAttribute',
  lnk: 'link',
  st: 'stateTag',
  cst: 'cseType',
  csi: 'CSE-ID',
  srt: 'supportedResourceType',
  poa: 'pointOfAccess',
  nl: 'nodeLink',
  srv: 'supportedReleaseVersions',
  esi: 'e2eSecInfo',
  api: 'App-ID',
  aei: 'AE-ID',
  apn: 'appName',
  rr: 'requestReachability',
  or: 'ontologyRef',
  csz: 'contentSerialization',
  cb: 'CSEBase',
  dcse: 'descendantCSEs',
  mni: 'maxNrOfInstances',
  mbs: 'maxByteSize',
  mia: 'maxInstanceAge',
  cni: 'currentNrOfInstances',
  cbs: 'currentByteSize',
  li: 'locationID',
  disr: 'disableRetrieval',
  con: 'content',
  cnf: 'contentInfo',
  cs: 'contentSize',
  conr: 'contentRef',
  pv: 'privileges',
  pvs: 'selfPrivileges',
  adri: 'authorizationDecisionResourceIDs',
  apri: 'authorizationPolicyResourceIDs',
  airi: 'authorizationInformationResourceIDs',
  acr: 'accessControlRule',
  acor: 'accessControlOriginators',
  acop: 'accessControlOperations',
  acco: 'accessControlContexts',
  acaf: 'accessControlAuthenticationFlag',
  acod: 'accessControlObjectDetails',
  actw: 'accessControlWindow',
  acip: 'accessControlIpAddresses',
  aclr: 'accessControlLocationRegion',
  ni: 'nodeID',
  hcl: 'hostedCSELink',
  mt: 'memberType',
  mid: 'memberIDs',
  mnm: 'maxNrOfMembers',
  cnm: 'currentNrOfMembers',
  macp: 'membersAccessControlPolicyIDs',
  csy: 'consistencyStrategy',
  gn: 'groupName',
  mtv: 'memberTypeValidated',
  enc: 'eventNotificationCriteria',
  nu: 'notificationURI',
  nct: 'notificationContentType',
  exc: 'expirationCounter',
  su: 'subscriberURI',
  rlid: 'roleID',
  rltl: 'tokenLink',
  rlnm: 'roleName',
  tkis: 'issuer',
  tkhd: 'holder',
  tknb: 'notBefore',
  tkna: 'notAfter',
  tkid: 'tokenID',
  tkob: 'tokenObject',
  tkvr: 'version',
  tknm: 'tokenName',
  tkau: 'audience',
  tkps: 'permissions',
  tkex: 'extension',
  dae: 'dynamicAuthorizationEnabled',
  dap: 'dynamicAuthorizationPoA',
  dal: 'dynamicAuthorizationLifetime',
  rlk: 'ruleLinks',
  apci: 'applicableCredIDs',
  aai: 'allowedApp-IDs',
  aae: 'allowedAEs',
  ari: 'allowedRole-IDs',
}

export interface ResourceTypeName {
  readonly ty: number
  /** e.g. `cnt` */
  readonly shortName: string
  /** e.g. `container` */
  readonly longName: string
}

/**
 * Every resource type with a known short name (TS-0004 6.3.4.2.1). Types without one are left out: 13 (mgmtObj has one
 * per specialization), 38-42, 63.
 */
export const resourceTypeNames: readonly ResourceTypeName[] = [
  { ty: 1, shortName: 'acp', longName: 'accessControlPolicy' },
  { ty: 2, shortName: 'ae', longName: 'AE' },
  { ty: 3, shortName: 'cnt', longName: 'container' },
  { ty: 4, shortName: 'cin', longName: 'contentInstance' },
  { ty: 5, shortName: 'cb', longName: 'CSEBase' },
  { ty: 6, shortName: 'dlv', longName: 'delivery' },
  { ty: 7, shortName: 'evcg', longName: 'eventConfig' },
  { ty: 8, shortName: 'exin', longName: 'execInstance' },
  { ty: 9, shortName: 'grp', longName: 'group' },
  { ty: 10, shortName: 'lcp', longName: 'locationPolicy' },
  { ty: 11, shortName: 'mssp', longName: 'm2mServiceSubscriptionProfile' },
  { ty: 12, shortName: 'mgc', longName: 'mgmtCmd' },
  { ty: 14, shortName: 'nod', longName: 'node' },
  { ty: 15, shortName: 'pch', longName: 'pollingChannel' },
  { ty: 16, shortName: 'csr', longName: 'remoteCSE' },
  { ty: 17, shortName: 'req', longName: 'request' },
  { ty: 18, shortName: 'sch', longName: 'schedule' },
  { ty: 19, shortName: 'asar', longName: 'serviceSubscribedAppRule' },
  { ty: 20, shortName: 'svsn', longName: 'serviceSubscribedNode' },
  { ty: 21, shortName: 'stcl', longName: 'statsCollect' },
  { ty: 22, shortName: 'stcg', longName: 'statsConfig' },
  { ty: 23, shortName: 'sub', longName: 'subscription' },
  { ty: 24, shortName: 'smd', longName: 'semanticDescriptor' },
  { ty: 25, shortName: 'ntpr', longName: 'notificationTargetMgmtPolicyRef' },
  { ty: 26, shortName: 'ntp', longName: 'notificationTargetPolicy' },
  { ty: 27, shortName: 'pdr', longName: 'policyDeletionRules' },
  { ty: 28, shortName: 'fcnt', longName: 'flexContainer' },
  { ty: 29, shortName: 'ts', longName: 'timeSeries' },
  { ty: 30, shortName: 'tsi', longName: 'timeSeriesInstance' },
  { ty: 31, shortName: 'rol', longName: 'role' },
  { ty: 32, shortName: 'tk', longName: 'token' },
  { ty: 34, shortName: 'dac', longName: 'dynamicAuthorizationConsultation' },
  { ty: 35, shortName: 'auds', longName: 'authorizationDecision' },
  { ty: 36, shortName: 'aupy', longName: 'authorizationPolicy' },
  { ty: 37, shortName: 'auif', longName: 'authorizationInformation' },
  { ty: 43, shortName: 'alst', longName: 'AEContactList' },
  { ty: 44, shortName: 'alpc', longName: 'AEContactListPerCSE' },
  { ty: 45, shortName: 'lmg', longName: 'localMulticastGroup' },
  { ty: 46, shortName: 'mms', longName: 'multimediaSession' },
  { ty: 47, shortName: 'tgr', longName: 'triggerRequest' },
  { ty: 48, shortName: 'crs', longName: 'crossResourceSubscription' },
  { ty: 49, shortName: 'bdt', longName: 'backgroundDataTransfer' },
  { ty: 50, shortName: 'tram', longName: 'transactionMgmt' },
  { ty: 51, shortName: 'trac', longName: 'transaction' },
  { ty: 58, shortName: 'fci', longName: 'flexContainerInstance' },
  { ty: 60, shortName: 'tsb', longName: 'timeSyncBeacon' },
  { ty: 62, shortName: 'prp', longName: 'primitiveProfile' },
  { ty: 64, shortName: 'stte', longName: 'state' },
  { ty: 65, shortName: 'actr', longName: 'action' },
  { ty: 66, shortName: 'depr', longName: 'dependency' },
]

/** Numbers the standard gives to types that have no row above. */
const typesWithoutShortName: readonly number[] = [13, 38, 39, 40, 41, 42, 63]

const byType: ReadonlyMap<number, ResourceTypeName> = new Map(
  resourceTypeNames.map((row) => [row.ty, row]),
)
const byElement: ReadonlyMap<string, number> = new Map(
  resourceTypeNames.map((row) => [`m2m:${row.shortName}`, row.ty]),
)

/** `m2m:cnt` for 3; undefined for a type without a known short name. */
export function elementNameOf(ty: number): string | undefined {
  const row = byType.get(ty)
  return row && `m2m:${row.shortName}`
}

/** 3 for `m2m:cnt`. */
export function resourceTypeOfElement(element: string): number | undefined {
  return byElement.get(element)
}

/** Whether a number is a resource type of the standard, announced variants (10000 + ty) included. */
export function isResourceType(ty: number): boolean {
  const base = ty > 10000 ? ty - 10000 : ty
  return byType.has(base) || typesWithoutShortName.includes(base)
}
