/** ICS of the nodes of this project: what they implement. An IUT of somebody else brings its own. */
import type { Ics } from './selection.ts'

export const ownIcs: Ics = {
  ICS_AE: true,
  ICS_ASN_CSE: true,
  ICS_MN_CSE: true,
  ICS_IN_CSE: true,
  /** Registrar, transit and hosting CSE are roles any CSE here can take. */
  ICS_REGISTRAR_CSE: true,
  ICS_TRANSIT_CSE: true,
  ICS_HOSTING_CSE: true,
  ICS_HTTP: true,
  ICS_JSON: true,
  /** Provisioned symmetric key (TS-0003 8.2.2.1) over TLS, as server and as client. */
  ICS_SAEF_PSK_TLS: true,
  /** Requests towards a registree in an association of its own (TS-0003 8.2.1). */
  ICS_SECOND_ASSOCIATION: true,
  ICS_NOTIFY: true,
  ICS_ACP: true,
  /** Registration checked against the service subscription (TS-0001 9.6.29). */
  ICS_APP_RULES: true,
}
