package dev.naru.http;

/**
 * What a peer may send before it is refused.
 *
 * @param head bytes of a request's or response's first line and header fields together
 * @param fields number of header fields
 * @param headSeconds time for the head, from its first byte to its last
 * @param drain bytes of an unread body that are read and dropped so that the connection can be used again
 * @param connections that are open at once; 0 for as many as leave the process a share of its descriptors
 */
public record Limits(int head, int fields, int headSeconds, int drain, int connections) {
    /** Registry credentials for many registries travel in one header, so that the head may be larger than usual. */
    public static final Limits DEFAULT = new Limits(256 << 10, 200, 30, 256 << 10);

    /** As many connections as the process has room for. */
    public Limits(int head, int fields, int headSeconds, int drain) {
        this(head, fields, headSeconds, drain, 0);
    }
}
