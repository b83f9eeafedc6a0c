use anchor_lang::prelude::*;

#[error_code(offset = 6100)]
pub enum IdentityError {
    #[msg("The operation is paused")]
    Paused,
    #[msg("The signer is not the authority")]
    Unauthorized,
    #[msg("No authority is proposed, or another one is")]
    NotProposed,
    #[msg("The pause bits name an operation that does not exist")]
    PauseBits,
    #[msg("A time of the request is out of range")]
    Duration,
    // issuers and certificates
    #[msg("The issuer is not in the state that this needs")]
    IssuerState,
    #[msg("The waiting time of the issuer's next state is not over")]
    IssuerTooEarly,
    #[msg("The certificate was signed by another issuer")]
    WrongIssuer,
    #[msg("The issuer belongs to another CI")]
    WrongCi,
    #[msg("The certificate is not of the profile that is supported")]
    Certificate,
    #[msg("The certificate's key is not on the curve P-256")]
    UnsupportedCurve,
    #[msg("The certificate is not valid yet")]
    NotYetValid,
    #[msg("The certificate has expired")]
    Expired,
    #[msg("The certificate is revoked")]
    Revoked,
    // what the secp256r1 precompile verified
    #[msg("The instruction in front is not one of the secp256r1 precompile")]
    NoPrecompile,
    #[msg("The precompile instruction does not hold exactly one signature in the canonical layout")]
    PrecompileLayout,
    #[msg("The signature was made with another key")]
    WrongKey,
    #[msg("The signed message is not the one that is needed")]
    WrongMessage,
    // sessions
    #[msg("The session is not in the state that this needs")]
    SessionState,
    #[msg("The session is over")]
    SessionExpired,
    #[msg("The session still runs")]
    SessionLive,
    #[msg("The certificate has another role")]
    WrongRole,
    #[msg("The certificate is another SM-DP+'s")]
    WrongSmdp,
    #[msg("The handshake was not made with the session's client_random")]
    WrongClientRandom,
    #[msg("The server signed another eUICC's challenge")]
    WrongEuiccChallenge,
    #[msg("The server signed under another name")]
    WrongServerAddress,
    #[msg("The TLS handshake is not of the form that is supported")]
    Handshake,
    #[msg("The bytes do not fit in the transcript")]
    OutsideTranscript,
    #[msg("The signer is not the session's wallet")]
    NotTheWallet,
    #[msg("The account is not the one whose rent it was")]
    WrongPayer,
    // registry and bindings
    #[msg("The value is not a field element")]
    NotAFieldElement,
    #[msg("The tree is full")]
    TreeFull,
    #[msg("The tree is not the registrar's present one")]
    WrongTree,
    #[msg("The EID has a live leaf already")]
    AlreadyEnrolled,
    #[msg("The leaf is not the enrolment's, or its path does not lead to the root")]
    WrongLeaf,
    #[msg("The enrolment is revoked")]
    EnrolmentRevoked,
    #[msg("The root is none of the registrar's recent ones")]
    UnknownRoot,
    #[msg("The possession proof does not verify")]
    InvalidProof,
    #[msg("The session has been used for a binding")]
    SessionUsed,
    #[msg("The binding still lasts")]
    BindingLive,
    #[msg("The binding is over: unbind it and bind again")]
    BindingExpired,
    #[msg("The binding is of another plan or registrar")]
    WrongBinding,
    #[msg("The amount does not fit")]
    Overflow,
}
