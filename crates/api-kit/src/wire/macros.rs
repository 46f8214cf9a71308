//! Making the types that go over the wire, beside the domain's own.

/// An enumeration with the same members as one of the domain's, and the same codes.
#[macro_export]
macro_rules! mirrored {
    ($(#[$doc:meta])* $name:ident = $domain:path { $($member:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum $name { $($member),+ }

        impl From<$domain> for $name {
            fn from(value: $domain) -> Self {
                use $domain as Domain;
                match value { $(Domain::$member => Self::$member),+ }
            }
        }

        impl From<$name> for $domain {
            fn from(value: $name) -> Self {
                use $domain as Domain;
                match value { $($name::$member => Domain::$member),+ }
            }
        }
    };
}

/// A value that is read from a text and written as one.
#[macro_export]
macro_rules! textual {
    ($name:ident($inner:ty), $error:ty, $parse:expr, $write:expr) => {
        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let parse: fn(&str) -> Result<$inner, $error> = $parse;
                parse(&text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                let write: fn(&$inner) -> Self = $write;
                write(&value.0)
            }
        }
    };
}
