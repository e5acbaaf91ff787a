//! Civil dates, periods, business days and the policies by which law counts them. No clock.
pub use jiff::civil::Date;
