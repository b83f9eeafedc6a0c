//! What clients rely on: sizes of accounts, numbers and texts of errors.

use anchor_lang::Space;
use catalog::{
    error::CatalogError,
    state::{Catalog, Config, Entitlement, Plan, ALL_OPERATIONS},
};

#[test]
fn sizes_ok() {
    assert_eq!(Config::INIT_SPACE, 1 + 1 + 32 + 32 + 1 + 64);
    assert_eq!(Catalog::INIT_SPACE, 1 + 1 + 32 + 4 + 5 * 32 + 4 + 64);
    let terms = 8 + 8 * 8 + 4 * 4 + 2 + 1 + 1 + 32 + 32;
    assert_eq!(Plan::INIT_SPACE, 1 + 1 + 1 + 32 + 4 + 4 * 32 + terms + 3 * 8 + 64);
    assert_eq!(Entitlement::INIT_SPACE, 4 + 32 + 32 + 8 + 32 + 32 + 3 * 8 + 64);
    assert_eq!(ALL_OPERATIONS, 1 | 2 | 4 | 8);
}

#[test]
fn errors_ok() {
    let all = [
        (CatalogError::Paused, "The operation is paused"),
        (CatalogError::Unauthorized, "The signer is not the authority"),
        (CatalogError::NotProposed, "No authority is proposed, or another one is"),
        (CatalogError::PauseBits, "The pause bits name an operation that does not exist"),
        (CatalogError::NotTheOperator, "The signer is not the catalog's operator"),
        (CatalogError::WrongMint, "The mint is not the catalog's stablecoin"),
        (CatalogError::WrongTreasury, "The treasury is not the catalog's"),
        (CatalogError::TreasuryOwner, "The treasury does not belong to the catalog's authority"),
        (CatalogError::AgreementState, "The agreement is not active"),
        (CatalogError::AgreementParty, "The agreement is with another MVNO"),
        (CatalogError::AgreementMint, "The agreement is paid in another stablecoin"),
        (CatalogError::Price, "The price must be above zero"),
        (CatalogError::Margin, "The margin is above 10,000 basis points"),
        (CatalogError::Duration, "A time of the plan is zero or above ten years"),
        (CatalogError::GraceTooShort, "The settlement grace is shorter than the agreement's windows together"),
        (CatalogError::AccessUnsupported, "The access rule does not exist in this version"),
        (CatalogError::Text, "Name, symbol or URI is empty or too long"),
        (CatalogError::Terms, "The terms do not hash"),
        (CatalogError::PlanTransition, "A retired plan stays retired, and a plan cannot change to the state it is in"),
        (CatalogError::NotOnSale, "The plan is not on sale"),
        (CatalogError::NotRetired, "The plan is not retired"),
        (CatalogError::Units, "The number of units must be above zero"),
        (CatalogError::WrongPool, "The pool is not the plan's"),
        (CatalogError::WrongPlanMint, "The token is not the plan's"),
        (CatalogError::WrongTokenOwner, "The token account belongs to somebody else"),
        (CatalogError::WrongPosition, "The position is not the entitlement's"),
        (CatalogError::NotTheHolder, "The signer is not the entitlement's holder"),
        (CatalogError::WrongPayer, "The account is not the entitlement's payer"),
        (CatalogError::WrongPlan, "The entitlement belongs to another plan"),
        (CatalogError::EntitlementState, "The entitlement is not in the state that this needs"),
        (CatalogError::TooLateToConfirm, "The time to confirm is over"),
        (CatalogError::TooEarlyToRefund, "The operator still has time to confirm"),
        (CatalogError::AlreadyClaimed, "The remainder is claimed already"),
        (CatalogError::EntitlementInUse, "The entitlement still runs, or its remainder is not claimed yet"),
        (CatalogError::Overflow, "The amount does not fit in 64 bits"),
        (CatalogError::Invariant, "There would be more tokens than units"),
        (CatalogError::PlanRegistrar, "A plan that asks for an EID names a registrar, and another plan names none"),
        (CatalogError::NoBinding, "The plan asks for the binding of an EID"),
        (CatalogError::WrongBinding, "The binding is of another plan, registrar, holder or entitlement"),
        (CatalogError::BindingTooShort, "The binding ends before the entitlement can"),
        (CatalogError::NoSession, "The plan asks for the session that the binding was made with"),
        (CatalogError::WrongSession, "The session is not the one that the binding was made with"),
        (CatalogError::SessionState, "The session has not reached server authentication, or that is over a day old"),
    ];
    for (number, (error, text)) in (6_000u32..).zip(all) {
        assert_eq!((u32::from(error), error.to_string().as_str()), (number, text));
    }
}
