package dev.naru.registryserver;

/** The error codes of the distribution specification (Error Codes), each with its HTTP status. */
enum DistributionError {
    BLOB_UNKNOWN(404),
    BLOB_UPLOAD_INVALID(400),
    BLOB_UPLOAD_UNKNOWN(404),
    DIGEST_INVALID(400),
    MANIFEST_BLOB_UNKNOWN(404),
    MANIFEST_INVALID(400),
    MANIFEST_UNKNOWN(404),
    NAME_INVALID(400),
    NAME_UNKNOWN(404),
    SIZE_INVALID(400),
    TAG_INVALID(400),
    UNAUTHORIZED(401),
    DENIED(403),
    UNSUPPORTED(405),
    TOOMANYREQUESTS(429),
    RANGE_INVALID(416),
    PAGINATION_NUMBER_INVALID(400),
    UNAVAILABLE(503),
    UNKNOWN(500);

    private final int status;

    DistributionError(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }
}
