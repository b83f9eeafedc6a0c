//! What clients rely on: sizes of accounts, numbers and texts of errors.

use anchor_lang::Space;
use escrow::{
    error::EscrowError,
    state::{Config, Pool, Position, ALL_OPERATIONS},
};

#[test]
fn sizes_ok() {
    // version, bump, authority, pending authority, paused, reserved
    assert_eq!(Config::INIT_SPACE, 1 + 1 + 32 + 32 + 1 + 64);
    assert_eq!(Position::INIT_SPACE, 1 + 1 + 32 + 32 + 8 + 32 + 5 * 8 + 2 * 8 + 64);
    let head = 1 + 1 + 1 + 1 + 6 * 32 + 2 + 1 + 8;
    let books = 5 * 8 + 6 * 8 + 6 * 8;
    let times = 8 + 8 + 4 + 8;
    let window = 4 + 8 + 8 + 8;
    assert_eq!(Pool::INIT_SPACE, head + books + times + window + 64);
    assert_eq!(ALL_OPERATIONS, 1 | 2 | 4 | 8 | 16);
}

#[test]
fn errors_ok() {
    let all = [
        (EscrowError::Paused, "The operation is paused"),
        (EscrowError::Unauthorized, "The signer is not the authority"),
        (EscrowError::UntrustedCaller, "The signer is not a program that escrow takes this order from"),
        (EscrowError::NotProposed, "No authority is proposed, or another one is"),
        (EscrowError::PauseBits, "The pause bits name an operation that does not exist"),
        (EscrowError::OutflowWindow, "The outflow window must be at least a minute"),
        (EscrowError::MintProgram, "The mint belongs to neither SPL Token nor Token-2022"),
        (EscrowError::MintExtension, "The mint has a token extension that could take, freeze, tax or change the money"),
        (EscrowError::Price, "The price must be above zero"),
        (EscrowError::Margin, "The margin is above 10,000 basis points"),
        (EscrowError::Units, "The number of units must be above zero"),
        (EscrowError::Deadline, "The deadline is not in the future"),
        (EscrowError::PoolState, "The pool is not in the state that this needs"),
        (EscrowError::WrongPool, "The position belongs to another pool"),
        (EscrowError::NotEnoughUnits, "The position has fewer units in that state"),
        (EscrowError::TooEarlyToRefund, "The open units can be refunded only after their activation deadline"),
        (EscrowError::TooEarlyToClose, "The pool can be closed only after its last deadline"),
        (EscrowError::PositionInUse, "The position has units that are open or pending"),
        (EscrowError::WrongMint, "The mint is not the pool's stablecoin"),
        (EscrowError::WrongTokenProgram, "The token program is not the one of the pool's stablecoin"),
        (EscrowError::WrongTokenOwner, "The token account is not owned by who must be paid"),
        (EscrowError::Treasury, "The treasury is not the pool's, or is closed, frozen or has changed hands"),
        (EscrowError::PayToVault, "A payment cannot go to the vault itself"),
        (EscrowError::ProverMissing, "The prover's token account is missing"),
        (EscrowError::WholesaleShort, "The pool has less wholesale money than the release asks for"),
        (EscrowError::OutflowLimit, "The outflow limit of this window is reached"),
        (EscrowError::NoRemainder, "The pool's policy gives no remainder to subscribers"),
        (EscrowError::TransferAmount, "The transfer moved another amount than asked for"),
        (EscrowError::WrongPayer, "The account is not the position's payer"),
        (EscrowError::Overflow, "The amount does not fit in 64 bits"),
        (EscrowError::Invariant, "The pool's books do not balance"),
    ];
    for (number, (error, text)) in (6_200u32..).zip(all) {
        assert_eq!((u32::from(error), error.to_string().as_str()), (number, text));
    }
}
