//! No two secrets are the same: who learns one must not have learnt another.

use secrecy::ExposeSecret;

use super::check::Problems;
use super::raw::RawSettings;
use super::secrets::decoded;

pub(super) fn check_distinct(raw: &RawSettings, problems: &mut Problems) {
    let mut seen: Vec<(&'static str, Vec<u8>)> = Vec::new();
    for (setting, text) in texts(raw) {
        let bytes = decoded(text);
        if bytes.is_empty() {
            continue;
        }
        match seen.iter().find(|(_, known)| *known == bytes) {
            Some((other, _)) => problems.note(setting, format!("is the same as in {other}")),
            None => seen.push((setting, bytes)),
        }
    }
}

fn texts(raw: &RawSettings) -> impl Iterator<Item = (&'static str, &str)> {
    let (wechat, secrets) = (&raw.wechat, &raw.secrets);
    let single = [
        ("wechat.app_secret", &wechat.app_secret),
        ("wechat.pay.api_v3_key", &wechat.pay.api_v3_key),
        ("secrets.token_key", &secrets.token_key),
        ("secrets.document_hash_key", &secrets.document_hash_key),
        (
            "secrets.document_hash_key_next",
            &secrets.document_hash_key_next,
        ),
        ("secrets.request_key", &secrets.request_key),
        ("secrets.ticket_code_key", &secrets.ticket_code_key),
    ];
    let single = single.map(|(setting, secret)| (setting, secret.expose_secret()));
    let pairs = secrets.document_keys.expose_secret().split(',');
    let sealing = pairs.filter_map(|pair| pair.split_once(':'));
    let sealing = sealing.map(|(_, key)| ("secrets.document_keys", key));
    single.into_iter().chain(sealing)
}
