//! What can be wrong with a document, in the words the visitor reads.

use thiserror::Error;

use crate::text::LocalText;

/// Why a document is refused. Never holds any of what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// Nothing but spaces.
    #[error("the document number is empty")]
    Empty,
    /// More characters than any document number has.
    #[error("the document number is too long")]
    TooLong,
    /// A 15-digit card, which is no longer valid.
    #[error("a first-generation ID card")]
    FirstGenerationCard,
    /// An ID card's number that is not 17 digits and a digit or `X`.
    #[error("an ID card has 17 digits and a digit or X")]
    IdCardForm,
    /// Area digits beginning 00.
    #[error("the area digits name no area")]
    UnknownArea,
    /// The number of a residence permit, given as an ID card.
    #[error("the number of a residence permit, given as an ID card")]
    ResidencePermitAsIdCard,
    /// The number of a permanent resident's card, given as an ID card.
    #[error("the number of a permanent resident's card, given as an ID card")]
    PermanentResidentAsIdCard,
    /// Digits 7 to 14 are no day of the calendar.
    #[error("the birth date in the number is not a date")]
    NotADate,
    /// Digits 7 to 14 are a day before 1900 or after today.
    #[error("the birth date in the number is not from 1900 to today")]
    BirthDateOutOfRange,
    /// The last character does not follow from the others.
    #[error("the check character is wrong")]
    CheckCharacter,
    /// Not the number of a residence permit.
    #[error("a residence permit has the form of an ID card beginning 81, 82 or 83")]
    ResidencePermitForm,
    /// Neither form of a permanent resident's number.
    #[error("a permanent resident's card has 18 digits beginning 9, or 3 letters and 12 digits")]
    PermanentResidentForm,
    /// Not the number of an HK/Macau permit.
    #[error("an HK/Macau permit has H or M and 8 or 10 digits")]
    HkMacauPermitForm,
    /// Not the number of a Taiwan permit.
    #[error("a Taiwan permit has 8 or 10 digits")]
    TaiwanPermitForm,
    /// Not the number of a passport.
    #[error("a passport has 5 to 20 letters and digits")]
    PassportForm,
    /// A passport without its nationality.
    #[error("a passport needs a nationality")]
    NationalityRequired,
    /// Not three letters.
    #[error("a nationality is an ISO 3166 code of three letters")]
    NationalityForm,
    /// A passport of the People's Republic: mainland visitors use the ID card.
    #[error("mainland visitors use the ID card")]
    ChinesePassport,
    /// A passport of Hong Kong or Macau.
    #[error("visitors from Hong Kong and Macau use their travel or residence permit")]
    HkMacauPassport,
    /// A passport of Taiwan.
    #[error("visitors from Taiwan use their travel or residence permit")]
    TaiwanPassport,
}

impl DocumentError {
    /// What to tell the visitor.
    #[must_use]
    pub fn message(&self) -> LocalText {
        let (zh, en) = self.words();
        LocalText::new(zh, en)
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("请填写证件号码", "Please enter the document number"),
            Self::TooLong => ("证件号码过长", "The document number is too long"),
            Self::FirstGenerationCard => (
                "15位的第一代身份证已停用，请使用18位的第二代身份证号码",
                "15-digit first-generation ID cards are no longer valid; please use the 18-character \
                 number of the second-generation card",
            ),
            Self::IdCardForm => (
                "身份证号码应为18位：17位数字加1位数字或字母X",
                "An ID card number has 18 characters: 17 digits and a digit or the letter X",
            ),
            Self::UnknownArea => (
                "身份证号码的前两位地区码不正确",
                "The area code at the beginning of the ID card number is wrong",
            ),
            Self::ResidencePermitAsIdCard => (
                "该号码属于港澳台居民居住证，请将证件类型改为港澳台居民居住证",
                "This is the number of a residence permit for Hong Kong, Macao and Taiwan residents; \
                 please choose that document type",
            ),
            Self::PermanentResidentAsIdCard => (
                "该号码属于外国人永久居留身份证，请将证件类型改为外国人永久居留身份证",
                "This is the number of a foreign permanent resident identity card; please choose \
                 that document type",
            ),
            Self::NotADate => (
                "证件号码中的出生日期不存在，请核对第7至14位",
                "The birth date in the document number does not exist; please check digits 7 to 14",
            ),
            Self::BirthDateOutOfRange => (
                "证件号码中的出生日期应在1900年至今天之间，请核对第7至14位",
                "The birth date in the document number must be from 1900 to today; please check \
                 digits 7 to 14",
            ),
            Self::CheckCharacter => (
                "证件号码有误：最后一位校验码与前面的数字不符，请逐位核对",
                "The document number is mistyped: its last character does not match the others; \
                 please check each digit",
            ),
            Self::ResidencePermitForm => (
                "港澳台居民居住证号码应为18位，以81、82或83开头，末位为数字或字母X",
                "A residence permit number has 18 characters, begins with 81, 82 or 83 and ends with \
                 a digit or the letter X",
            ),
            Self::PermanentResidentForm => (
                "外国人永久居留身份证号码应为以9开头的18位号码，或旧版的3位字母加12位数字",
                "A permanent resident card number has 18 digits beginning with 9, or in the old form \
                 3 letters and 12 digits",
            ),
            Self::HkMacauPermitForm => (
                "港澳居民来往内地通行证号码应为字母H或M加8位数字，其后可有2位换证次数",
                "A Hong Kong and Macao travel permit number is H or M and 8 digits, optionally \
                 followed by the 2 renewal digits",
            ),
            Self::TaiwanPermitForm => (
                "台湾居民来往大陆通行证号码应为8位数字（旧版10位）",
                "A Taiwan travel permit number has 8 digits (10 in the old form)",
            ),
            Self::PassportForm => (
                "护照号码应为5至20位字母或数字",
                "A passport number has 5 to 20 letters and digits",
            ),
            Self::NationalityRequired => (
                "使用护照预约请填写国籍",
                "Please state the nationality of the passport",
            ),
            Self::NationalityForm => (
                "国籍应为三位字母代码，例如FRA",
                "The nationality is a code of three letters, such as FRA",
            ),
            Self::ChinesePassport => (
                "中国内地观众请使用居民身份证预约，不能使用护照",
                "Visitors from mainland China book with the resident identity card, not a passport",
            ),
            Self::HkMacauPassport => (
                "港澳观众请使用港澳居民来往内地通行证或港澳台居民居住证预约",
                "Visitors from Hong Kong and Macao book with the mainland travel permit or the \
                 residence permit",
            ),
            Self::TaiwanPassport => (
                "台湾观众请使用台湾居民来往大陆通行证或港澳台居民居住证预约",
                "Visitors from Taiwan book with the mainland travel permit or the residence permit",
            ),
        }
    }
}
