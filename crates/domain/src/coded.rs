//! Enumerations that have a stable code in the API and in the database.

macro_rules! coded {
    ($name:ident, $what:literal, { $($variant:ident = $code:literal),+ $(,)? }) => {
        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, in the API and in the database.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Reads a code.
            ///
            /// # Errors
            /// [`UnknownCode`](crate::text::UnknownCode) for any other text.
            pub fn parse(code: &str) -> Result<Self, $crate::text::UnknownCode> {
                $crate::text::by_code(Self::ALL, Self::code, code, $what)
            }
        }
    };
}
pub(crate) use coded;
