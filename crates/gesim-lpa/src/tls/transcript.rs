//! A TLS 1.3 handshake as the server signed it: ClientHello, ServerHello, EncryptedExtensions and Certificate, read off
//! the wire. The last two travel encrypted under the server's handshake secret.

use ring::{
    aead::{self, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{KeyType, Prk, HKDF_SHA256},
};

use super::{reader::Reader, recorder::Recording};
use crate::error::Rule;

const HANDSHAKE: u8 = 22;
const CHANGE_CIPHER_SPEC: u8 = 20;
const APPLICATION_DATA: u8 = 23;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const ENCRYPTED_EXTENSIONS: u8 = 8;
const CERTIFICATE: u8 = 11;
const CERTIFICATE_REQUEST: u8 = 13;

const AES_128_GCM_SHA256: u16 = 0x1301;
const CHACHA20_POLY1305_SHA256: u16 = 0x1303;

/// Largest handshake that the chain takes.
pub const LONGEST: usize = 8_192;

/// `secret` is the server's handshake traffic secret.
pub(super) fn recover(recording: &Recording, secret: &[u8]) -> Result<Vec<u8>, Rule> {
    let client_hello = first_message(&recording.sent).ok_or(Rule::Transcript("the ClientHello is incomplete"))?;
    let mut records = Reader::new(&recording.received);
    let mut plain = Vec::new();
    // In the clear up to the end of the ServerHello, which fills its records exactly.
    while message(&plain).is_none() {
        match record(&mut records) {
            Some((HANDSHAKE, body)) => plain.extend_from_slice(body),
            _ => return Err(Rule::Transcript("the ServerHello is incomplete")),
        }
    }
    let suite = suite(&plain).ok_or(Rule::Transcript("the ServerHello is malformed"))?;
    let mut keys = Opener::new(suite, secret)?;
    expect(&client_hello, CLIENT_HELLO)?;
    expect(&plain, SERVER_HELLO)?;
    if message(&plain).is_none_or(|hello| hello.len() != plain.len()) {
        return Err(Rule::Transcript("something follows the ServerHello in the clear"));
    }
    let mut out = [client_hello, plain].concat();

    let mut flight = Vec::new();
    for kind in [ENCRYPTED_EXTENSIONS, CERTIFICATE] {
        while message(&flight).is_none() {
            match record(&mut records) {
                Some((CHANGE_CIPHER_SPEC, _)) => {}
                Some((APPLICATION_DATA, body)) => flight.extend_from_slice(&keys.open(body)?),
                _ => return Err(Rule::Transcript("the server's certificate is incomplete")),
            }
        }
        let length = message(&flight).map(<[u8]>::len).unwrap_or_default();
        let whole: Vec<u8> = flight.drain(..length).collect();
        expect(&whole, kind)?;
        out.extend_from_slice(&whole);
    }
    match out.len() <= LONGEST {
        true => Ok(out),
        false => Err(Rule::Transcript("it is longer than 8192 bytes")),
    }
}

fn expect(message: &[u8], kind: u8) -> Result<(), Rule> {
    match message.first() {
        Some(first) if *first == kind => Ok(()),
        Some(&CERTIFICATE_REQUEST) => Err(Rule::Transcript("the server asks for a client certificate")),
        _ => Err(Rule::Transcript("its messages come in another order")),
    }
}

/// The next record: its type and its body.
fn record<'a>(from: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    let kind = from.u8()?;
    from.take(2)?;
    let length = from.u16()?;
    Some((kind, from.take(length.into())?))
}

/// The handshake message at the start, header included, when all of it is there.
fn message(bytes: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(bytes);
    reader.u8()?;
    let length = reader.u24()?;
    bytes.get(..length.checked_add(4)?)
}

/// What the client said first.
fn first_message(sent: &[u8]) -> Option<Vec<u8>> {
    let (mut records, mut out) = (Reader::new(sent), Vec::new());
    while message(&out).is_none() {
        match record(&mut records)? {
            (HANDSHAKE, body) => out.extend_from_slice(body),
            _ => return None,
        }
    }
    message(&out).filter(|hello| hello.len() == out.len()).map(<[u8]>::to_vec)
}

/// The cipher suite in a ServerHello.
fn suite(hello: &[u8]) -> Option<u16> {
    let mut reader = Reader::new(hello);
    // Header, version, random, then the echo of a session id.
    reader.take(4 + 2 + 32)?;
    let echo = reader.u8()?;
    reader.take(echo.into())?;
    reader.u16()
}

/// Opens the server's handshake records, one after the other.
struct Opener {
    key: LessSafeKey,
    iv: [u8; aead::NONCE_LEN],
    sequence: u64,
}

impl Opener {
    fn new(suite: u16, secret: &[u8]) -> Result<Self, Rule> {
        let algorithm = match suite {
            AES_128_GCM_SHA256 => &aead::AES_128_GCM,
            CHACHA20_POLY1305_SHA256 => &aead::CHACHA20_POLY1305,
            _ => return Err(Rule::Transcript("its hash is not SHA-256")),
        };
        let fails = |_| Rule::Transcript("its keys cannot be derived");
        let prk = Prk::new_less_safe(HKDF_SHA256, secret);
        let label = label(b"tls13 key", algorithm.key_len());
        let key = prk.expand(&[&label], algorithm).map(UnboundKey::from).map_err(fails)?;
        let mut iv = [0; aead::NONCE_LEN];
        let label = self::label(b"tls13 iv", iv.len());
        prk.expand(&[&label], IvLen).and_then(|okm| okm.fill(&mut iv)).map_err(fails)?;
        Ok(Self { key: LessSafeKey::new(key), iv, sequence: 0 })
    }

    /// The handshake bytes of one record.
    fn open(&mut self, body: &[u8]) -> Result<Vec<u8>, Rule> {
        let fails = Rule::Transcript("a record does not open");
        let length = u16::try_from(body.len()).map_err(|_| Rule::Transcript("a record is too long"))?;
        let mut nonce = self.iv;
        for (byte, counter) in nonce.iter_mut().rev().zip(self.sequence.to_le_bytes()) {
            *byte ^= counter;
        }
        self.sequence = self.sequence.saturating_add(1);
        let [high, low] = length.to_be_bytes();
        let header = Aad::from([APPLICATION_DATA, 3, 3, high, low]);
        let mut bytes = body.to_vec();
        let Ok(opened) = self.key.open_in_place(Nonce::assume_unique_for_key(nonce), header, &mut bytes) else {
            return Err(fails);
        };
        // Padding of zeros behind the inner type.
        match opened.iter().rposition(|byte| *byte != 0) {
            Some(at) if opened.get(at) == Some(&HANDSHAKE) => Ok(opened.get(..at).unwrap_or_default().to_vec()),
            _ => Err(fails),
        }
    }
}

/// RFC 8446, section 7.1: the wanted length, the label, and an empty context.
fn label(name: &[u8], length: usize) -> Vec<u8> {
    [&[0, length as u8, name.len() as u8], name, &[0]].concat()
}

struct IvLen;

impl KeyType for IvLen {
    fn len(&self) -> usize {
        aead::NONCE_LEN
    }
}
