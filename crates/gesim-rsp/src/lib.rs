//! Remote SIM provisioning (SGP.22): messages, certificates, a software eUICC and an SM-DP+.
