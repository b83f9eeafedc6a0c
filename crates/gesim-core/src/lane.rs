//! Lanes (service classes) and measures (what a lane's total counts).

use crate::CoreError;

/// A service class. A batch proves one total a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Lane {
    /// Packet data; unit: octet.
    Data = 0,
    /// Mobile originated voice; unit: second.
    VoiceMo = 1,
    /// Mobile terminated voice; unit: second.
    VoiceMt = 2,
    /// Mobile originated short message; unit: message.
    SmsMo = 3,
    /// Mobile terminated short message; unit: message.
    SmsMt = 4,
    /// Supplementary and value added services; unit: event.
    Service = 5,
    /// Content and messaging transactions; unit: event.
    Content = 6,
    /// What no other lane takes; unit: event.
    Other = 7,
}

impl Lane {
    pub const ALL: [Self; 8] =
        [Self::Data, Self::VoiceMo, Self::VoiceMt, Self::SmsMo, Self::SmsMt, Self::Service, Self::Content, Self::Other];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::VoiceMo => "voice-mo",
            Self::VoiceMt => "voice-mt",
            Self::SmsMo => "sms-mo",
            Self::SmsMt => "sms-mt",
            Self::Service => "service",
            Self::Content => "content",
            Self::Other => "other",
        }
    }

    /// The unit of its totals when the measure is [`Measure::Units`].
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Data => "octet",
            Self::VoiceMo | Self::VoiceMt => "second",
            Self::SmsMo | Self::SmsMt => "message",
            Self::Service | Self::Content | Self::Other => "event",
        }
    }
}

impl TryFrom<u8> for Lane {
    type Error = CoreError;

    fn try_from(value: u8) -> Result<Self, CoreError> {
        Self::ALL.into_iter().find(|lane| *lane as u8 == value).ok_or(CoreError::Lane(value))
    }
}

/// What the values of a batch count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Measure {
    /// Units of the lane.
    Units = 0,
    /// TAP charges: integers of 10^-tapDecimalPlaces of the TAP currency.
    Charge = 1,
}

impl TryFrom<u8> for Measure {
    type Error = CoreError;

    fn try_from(value: u8) -> Result<Self, CoreError> {
        match value {
            0 => Ok(Self::Units),
            1 => Ok(Self::Charge),
            other => Err(CoreError::Measure(other)),
        }
    }
}
