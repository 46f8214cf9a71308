//! A messenger as a test wants it: answers given beforehand, messages written down.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::message_parts::TouristMessage;
use crate::ports::{SendError, TouristMessenger};

use super::memory::lock;

/// A messenger with answers given beforehand; without one left it takes every message.
#[derive(Debug, Default)]
pub struct ScriptedMessenger {
    answers: Mutex<VecDeque<Result<(), SendError>>>,
    asked: Mutex<Vec<TouristMessage>>,
}

impl ScriptedMessenger {
    /// A messenger that takes everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a further message so.
    pub fn answer(&self, answer: Result<(), SendError>) {
        lock(&self.answers).push_back(answer);
    }

    /// The messages that it was asked to send, taken or not, in order.
    #[must_use]
    pub fn asked(&self) -> Vec<TouristMessage> {
        lock(&self.asked).clone()
    }
}

impl TouristMessenger for ScriptedMessenger {
    fn send(&self, message: &TouristMessage) -> Result<(), SendError> {
        lock(&self.asked).push(message.clone());
        lock(&self.answers).pop_front().unwrap_or(Ok(()))
    }
}
