//! Enrols eUICCs: checks their signatures, computes eidTag, appends leaves to the tree on-chain.
