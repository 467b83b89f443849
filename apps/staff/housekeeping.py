"""What is kept of the second factors of staff."""

from apps.ops.housekeeping import keep

keep("otp_totp.TOTPDevice", "the authenticator of a staff member; it goes when it is replaced or reset")
keep("otp_static.StaticDevice", "the recovery codes of a staff member; they go when they are renewed or reset")
