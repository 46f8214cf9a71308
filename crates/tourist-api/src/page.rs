//! An answer that is written once and handed out many times.

use std::hash::{DefaultHasher, Hasher as _};

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, Header as _, HeaderValue, IF_NONE_MATCH,
    IfNoneMatch, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// Who may keep an answer, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Anybody on the way, for a second, one for each language: what changes with each sale.
    ForASecond,
    /// The same for a minute: what staff change now and then.
    ForAMinute,
    /// Only who asked, and it must be asked about each time: what is for those who signed in.
    ByTheReader,
}

impl Keeping {
    fn cache_control(self) -> &'static str {
        match self {
            Self::ForASecond => "public, max-age=1",
            Self::ForAMinute => "public, max-age=60",
            Self::ByTheReader => "private, no-cache",
        }
    }

    fn varies(self) -> Option<&'static str> {
        match self {
            Self::ForASecond | Self::ForAMinute => Some("Accept-Language"),
            Self::ByTheReader => None,
        }
    }
}

/// JSON with a tag by which a caller finds out that it has it already.
pub(crate) struct Page {
    json: Bytes,
    tag: EntityTag,
    /// The same as it stands in the header.
    tag_value: Option<HeaderValue>,
}

impl Page {
    /// Writes `content`.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub(crate) fn write(content: &impl Serialize) -> Result<Self, serde_json::Error> {
        let json = Bytes::from(serde_json::to_vec(content)?);
        let tag = EntityTag::new_strong(digest(&json));
        Ok(Self::tagged(json, tag))
    }

    /// Writes `content`, which says the same as any other with an equal `essence`.
    ///
    /// # Errors
    /// If one of them cannot be written as JSON.
    pub(crate) fn write_essence(
        content: &impl Serialize,
        essence: &impl Serialize,
    ) -> Result<Self, serde_json::Error> {
        let tag = EntityTag::new_weak(digest(&serde_json::to_vec(essence)?));
        Ok(Self::tagged(serde_json::to_vec(content)?.into(), tag))
    }

    fn tagged(json: Bytes, tag: EntityTag) -> Self {
        let tag_value = HeaderValue::from_str(&tag.to_string()).ok();
        Self {
            json,
            tag,
            tag_value,
        }
    }

    /// The page, or that it has not changed since the caller got it.
    pub(crate) fn answer(&self, request: &HttpRequest, keeping: Keeping) -> HttpResponse {
        let is_known = self.is_known_to(request);
        let mut answer = if is_known {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        let control = HeaderValue::from_static(keeping.cache_control());
        answer.insert_header((CACHE_CONTROL, control));
        if let Some(varies) = keeping.varies() {
            answer.insert_header((VARY, HeaderValue::from_static(varies)));
        }
        if let Some(tag) = &self.tag_value {
            answer.insert_header((ETAG, tag.clone()));
        }
        if is_known {
            return answer.finish();
        }
        answer.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
        answer.body(self.json.clone())
    }

    fn is_known_to(&self, request: &HttpRequest) -> bool {
        if !request.headers().contains_key(IF_NONE_MATCH) {
            return false;
        }
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.tag)),
            Err(_) => false,
        }
    }
}

/// The same in all processes of one build: a load balancer may send a caller to any of them.
fn digest(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}
