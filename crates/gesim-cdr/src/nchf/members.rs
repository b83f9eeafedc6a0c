//! Members of a charging data request, release 17 of TS 32.291. Others are extensions (TS 29.501 has a receiver ignore
//! what it does not know): they are passed over and reported.

pub(super) const REQUEST: &[&str] = &[
    "subscriberIdentifier",
    "tenantIdentifier",
    "chargingId",
    "mnSConsumerIdentifier",
    "nfConsumerIdentification",
    "invocationTimeStamp",
    "invocationSequenceNumber",
    "retransmissionIndicator",
    "oneTimeEvent",
    "oneTimeEventType",
    "notifyUri",
    "supportedFeatures",
    "serviceSpecificationInfo",
    "multipleUnitUsage",
    "triggers",
    "easid",
    "ednid",
    "eASProviderIdentifier",
    "pDUSessionChargingInformation",
    "roamingQBCInformation",
    "sMSChargingInformation",
    "iMSChargingInformation",
    "mMTelChargingInformation",
];

/// Charging of services that are not billed between operators here.
pub(super) const NOT_BILLED: &[&str] = &[
    "nEFChargingInformation",
    "registrationChargingInformation",
    "n2ConnectionChargingInformation",
    "locationReportingChargingInformation",
    "nSPAChargingInformation",
    "nSMChargingInformation",
    "edgeInfrastructureUsageChargingInformation",
    "eASDeploymentChargingInformation",
    "directEdgeEnablingServiceChargingInformation",
    "exposedEdgeEnablingServiceChargingInformation",
    "proSeChargingInformation",
];

pub(super) const CONSUMER: &[&str] =
    &["nFName", "nFIPv4Address", "nFIPv6Address", "nFPLMNID", "nodeFunctionality", "nFFqdn"];

pub(super) const UNIT_USAGE: &[&str] =
    &["ratingGroup", "requestedUnit", "usedUnitContainer", "UsedUnitContainer", "uPFID", "multihomedPDUAddress"];

/// Of a container by rating group or by QoS flow.
pub(super) const CONTAINER: &[&str] = &[
    "serviceId",
    "quotaManagementIndicator",
    "triggers",
    "triggerTimestamp",
    "time",
    "totalVolume",
    "uplinkVolume",
    "downlinkVolume",
    "serviceSpecificUnits",
    "eventTimeStamps",
    "localSequenceNumber",
    "pDUContainerInformation",
    "qFIContainerInformation",
    "nSPAContainerInformation",
    "pC5ContainerInformation",
];

pub(super) const ROAMING: &[&str] = &["multipleQFIcontainer", "uPFID", "roamingChargingProfile"];

pub(super) const SESSION: &[&str] = &[
    "chargingId",
    "sMFchargingId",
    "homeProvidedChargingId",
    "sMFHomeProvidedChargingId",
    "userInformation",
    "userLocationinfo",
    "userLocationTime",
    "mAPDUNon3GPPUserLocationInfo",
    "non3GPPUserLocationTime",
    "mAPDUNon3GPPUserLocationTime",
    "presenceReportingAreaInformation",
    "uetimeZone",
    "pduSessionInformation",
    "unitCountInactivityTimer",
    "rANSecondaryRATUsageReport",
];
