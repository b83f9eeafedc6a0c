use thiserror::Error;

/// Why bytes are not what they should be. Nothing of them counts then: have the certificate issued in the profile of SGP.26.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertError {
    // encoding
    #[error("the bytes end too early")]
    Truncated,
    #[error("there are bytes after the end of a value")]
    Trailing,
    #[error("a length is indefinite, longer than needed, or above 65,535")]
    Length,
    #[error("a value has another tag than the profile has there")]
    Tag,
    #[error("an INTEGER is empty, negative or longer than needed")]
    Integer,
    #[error("a BOOLEAN is not one octet of 0xFF; FALSE is the default and must be left out")]
    Boolean,
    #[error("a BIT STRING has unused bits")]
    BitString,
    #[error("an OBJECT IDENTIFIER is empty, cut off or longer than needed")]
    Oid,
    // fields
    #[error("the version is not 3")]
    Version,
    #[error("the serial number is zero or longer than 20 octets")]
    Serial,
    #[error("the signature algorithm is not ecdsa-with-SHA256")]
    SignatureAlgorithm,
    #[error("the key is not an elliptic-curve key")]
    KeyAlgorithm,
    #[error("the key is not on the curve P-256: no program can check its signatures; use the NIST variant of the certificate")]
    UnsupportedCurve,
    #[error("the key is not an uncompressed point")]
    Point,
    #[error("a name is empty or not made of one string each")]
    Name,
    #[error("a time is not of the form YYMMDDHHMMSSZ (from 2050 on YYYYMMDDHHMMSSZ), or no such time exists")]
    Time,
    #[error("the validity ends before it begins")]
    Validity,
    // extensions
    #[error("an extension is there twice")]
    DuplicateExtension,
    #[error("an extension is not one of the certificate's role")]
    UnknownExtension,
    #[error("an extension that the role needs is missing")]
    MissingExtension,
    #[error("an extension is critical where it must not be, or the other way round")]
    Criticality,
    #[error("the key usage is not the role's")]
    KeyUsage,
    #[error("the extended key usage is not serverAuth and clientAuth")]
    ExtendedKeyUsage,
    #[error("the basic constraints are not those of a CA")]
    BasicConstraints,
    #[error("the policy is not exactly one of SGP.22's roles")]
    Policy,
    #[error("a key identifier is not 20 octets")]
    KeyIdentifier,
    #[error("the alternative name is not the role's: one registered id, and for DPtls one DNS name")]
    AltName,
    #[error("the DNS name is not a plain host name")]
    DnsName,
    #[error("the CRL distribution points are not plain URIs")]
    CrlPoints,
    // around it
    #[error("the signature is not two INTEGERs of at most 32 octets")]
    Signature,
    #[error("serverSigned1 is not of the form of SGP.22: check the version of the server")]
    ServerSigned,
    #[error("the certificate is not valid yet: check the clock")]
    NotYetValid,
    #[error("the certificate has expired: the server needs a new one")]
    Expired,
}
