package dev.naru.http;

import java.io.IOException;
import java.io.InputStream;

/**
 * A request as a server sees it.
 *
 * @param path percent-decoded, beginning with a slash, without the query
 * @param version minor version of HTTP/1
 */
public record Request(String method, String path, Query query, int version, Headers headers, InputStream body) {
    private static final String HTTP_2 = "PRI * HTTP/2.0";

    static Request of(Head head, ConnectionInput input, Runnable beforeBody) throws IOException {
        String line = head.firstLine();
        if (line.equals(HTTP_2)) {
            // RFC 9113 section 3.4: a client that knows that the server speaks HTTP/2.
            return new Request("PRI", "*", Query.NONE, 2, head.headers(), InputStream.nullInputStream());
        }
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first <= 0 || last == first || !Head.isToken(line, first)) {
            throw new HttpException(400, "malformed request line");
        }
        int version = version(line.substring(last + 1));
        String target = line.substring(first + 1, last);
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        Query query = question < 0 ? Query.NONE : Query.parse(target.substring(question + 1));
        if (version == 1 && head.headers().get("Host") == null) {
            throw new HttpException(400, "missing required Host header");
        }
        Body body = Body.of(head.headers(), input, beforeBody);
        return new Request(
                line.substring(0, first),
                PercentCode.decode(originForm(path), false),
                query,
                version,
                head.headers(),
                body);
    }

    private static int version(String text) throws HttpException {
        return switch (text) {
            case "HTTP/1.1" -> 1;
            case "HTTP/1.0" -> 0;
            default -> throw new HttpException(text.startsWith("HTTP/") ? 505 : 400, "unsupported protocol version");
        };
    }

    /** RFC 9112 3.2: proxies send absolute URIs, and {@code OPTIONS *} has no path. */
    private static String originForm(String target) throws HttpException {
        if (target.startsWith("/") || target.equals("*")) {
            return target;
        }
        int host = target.indexOf("://");
        if (host <= 0) {
            throw new HttpException(400, "malformed request target");
        }
        int slash = target.indexOf('/', host + 3);
        return slash < 0 ? "/" : target.substring(slash);
    }

    /** Whether the client goes on with another request after this one. */
    boolean keepsAlive() {
        return version == 1 && !headers.hasToken("Connection", "close");
    }

    boolean expectsContinue() {
        return version == 1 && headers.hasToken("Expect", "100-continue");
    }

    /** Whether the client asks to switch to this protocol. */
    public boolean upgradesTo(String protocol) {
        return headers.hasToken("Connection", "upgrade") && headers.hasToken("Upgrade", protocol);
    }

    /** Whether the client asks to switch to any protocol. */
    public boolean upgrades() {
        return headers.hasToken("Connection", "upgrade") && headers.get("Upgrade") != null;
    }
}
