//! Strict DER: the profile of SGP.26 certificates and of serverSigned1, for programs and devices alike.
