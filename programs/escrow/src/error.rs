use anchor_lang::prelude::*;

#[error_code(offset = 6200)]
pub enum EscrowError {
    #[msg("The operation is paused")]
    Paused,
    #[msg("The signer is not the authority")]
    Unauthorized,
    #[msg("The signer is not a program that escrow takes this order from")]
    UntrustedCaller,
    #[msg("No authority is proposed, or another one is")]
    NotProposed,
    #[msg("The pause bits name an operation that does not exist")]
    PauseBits,
    #[msg("The outflow window must be at least a minute")]
    OutflowWindow,
    #[msg("The mint belongs to neither SPL Token nor Token-2022")]
    MintProgram,
    #[msg("The mint has a token extension that could take, freeze, tax or change the money")]
    MintExtension,
    #[msg("The price must be above zero")]
    Price,
    #[msg("The margin is above 10,000 basis points")]
    Margin,
    #[msg("The number of units must be above zero")]
    Units,
    #[msg("The deadline is not in the future")]
    Deadline,
    #[msg("The pool is not in the state that this needs")]
    PoolState,
    #[msg("The position belongs to another pool")]
    WrongPool,
    #[msg("The position has fewer units in that state")]
    NotEnoughUnits,
    #[msg("The open units can be refunded only after their activation deadline")]
    TooEarlyToRefund,
    #[msg("The pool can be closed only after its last deadline")]
    TooEarlyToClose,
    #[msg("The position has units that are open or pending")]
    PositionInUse,
    #[msg("The mint is not the pool's stablecoin")]
    WrongMint,
    #[msg("The token program is not the one of the pool's stablecoin")]
    WrongTokenProgram,
    #[msg("The token account is not owned by who must be paid")]
    WrongTokenOwner,
    #[msg("The treasury is not the pool's, or is closed, frozen or has changed hands")]
    Treasury,
    #[msg("A payment cannot go to the vault itself")]
    PayToVault,
    #[msg("The prover's token account is missing")]
    ProverMissing,
    #[msg("The pool has less wholesale money than the release asks for")]
    WholesaleShort,
    #[msg("The outflow limit of this window is reached")]
    OutflowLimit,
    #[msg("The pool's policy gives no remainder to subscribers")]
    NoRemainder,
    #[msg("The transfer moved another amount than asked for")]
    TransferAmount,
    #[msg("The account is not the position's payer")]
    WrongPayer,
    #[msg("The amount does not fit in 64 bits")]
    Overflow,
    #[msg("The pool's books do not balance")]
    Invariant,
}
