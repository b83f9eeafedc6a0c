use anchor_lang::prelude::*;

#[error_code(offset = 6000)]
pub enum CatalogError {
    #[msg("The operation is paused")]
    Paused,
    #[msg("The signer is not the authority")]
    Unauthorized,
    #[msg("No authority is proposed, or another one is")]
    NotProposed,
    #[msg("The pause bits name an operation that does not exist")]
    PauseBits,
    #[msg("The signer is not the catalog's operator")]
    NotTheOperator,
    #[msg("The mint is not the catalog's stablecoin")]
    WrongMint,
    #[msg("The treasury is not the catalog's")]
    WrongTreasury,
    #[msg("The treasury does not belong to the catalog's authority")]
    TreasuryOwner,
    #[msg("The agreement is not active")]
    AgreementState,
    #[msg("The agreement is with another MVNO")]
    AgreementParty,
    #[msg("The agreement is paid in another stablecoin")]
    AgreementMint,
    #[msg("The price must be above zero")]
    Price,
    #[msg("The margin is above 10,000 basis points")]
    Margin,
    #[msg("A time of the plan is zero or above ten years")]
    Duration,
    #[msg("The settlement grace is shorter than the agreement's windows together")]
    GraceTooShort,
    #[msg("The access rule does not exist in this version")]
    AccessUnsupported,
    #[msg("Name, symbol or URI is empty or too long")]
    Text,
    #[msg("The terms do not hash")]
    Terms,
    #[msg("A retired plan stays retired, and a plan cannot change to the state it is in")]
    PlanTransition,
    #[msg("The plan is not on sale")]
    NotOnSale,
    #[msg("The plan is not retired")]
    NotRetired,
    #[msg("The number of units must be above zero")]
    Units,
    #[msg("The pool is not the plan's")]
    WrongPool,
    #[msg("The token is not the plan's")]
    WrongPlanMint,
    #[msg("The token account belongs to somebody else")]
    WrongTokenOwner,
    #[msg("The position is not the entitlement's")]
    WrongPosition,
    #[msg("The signer is not the entitlement's holder")]
    NotTheHolder,
    #[msg("The account is not the entitlement's payer")]
    WrongPayer,
    #[msg("The entitlement belongs to another plan")]
    WrongPlan,
    #[msg("The entitlement is not in the state that this needs")]
    EntitlementState,
    #[msg("The time to confirm is over")]
    TooLateToConfirm,
    #[msg("The operator still has time to confirm")]
    TooEarlyToRefund,
    #[msg("The remainder is claimed already")]
    AlreadyClaimed,
    #[msg("The entitlement still runs, or its remainder is not claimed yet")]
    EntitlementInUse,
    #[msg("The amount does not fit in 64 bits")]
    Overflow,
    #[msg("There would be more tokens than units")]
    Invariant,
    #[msg("A plan that asks for an EID names a registrar, and another plan names none")]
    PlanRegistrar,
    #[msg("The plan asks for the binding of an EID")]
    NoBinding,
    #[msg("The binding is of another plan, registrar, holder or entitlement")]
    WrongBinding,
    #[msg("The binding ends before the entitlement can")]
    BindingTooShort,
    #[msg("The plan asks for the session that the binding was made with")]
    NoSession,
    #[msg("The session is not the one that the binding was made with")]
    WrongSession,
    #[msg("The session has not reached server authentication, or that is over a day old")]
    SessionState,
}
