package dev.naru.dbus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message. Values of a body are {@code Byte} (y), {@code Boolean} (b), {@code Short} (n, q), {@code Integer} (i, u),
 * {@code Long} (x, t), {@code Double} (d), {@code String} (s, o, g), {@link Variant} (v), {@code List} (arrays and
 * structures) and {@code Map} (a{..}).
 *
 * @param type 1 a call, 2 an answer, 3 an error, 4 a signal
 * @param serial its number on this connection
 * @param replySerial the number of the call that it answers; 0 for none
 * @param path the object
 * @param interfaceName of the method or signal
 * @param member the method or signal
 * @param error the error's name
 * @param signature the types of the body
 */
public record DbusMessage(
        int type,
        int serial,
        int replySerial,
        @Nullable String path,
        @Nullable String interfaceName,
        @Nullable String member,
        @Nullable String error,
        @Nullable String destination,
        @Nullable String sender,
        String signature,
        List<Object> body) {
    static final int CALL = 1;
    static final int ANSWER = 2;
    static final int ERROR = 3;
    static final int SIGNAL = 4;

    public DbusMessage {
        body = List.copyOf(body);
    }

    static DbusMessage call(
            int serial, String to, String path, String interfaceName, String member, String signature, List<?> body) {
        return new DbusMessage(
                CALL, serial, 0, path, interfaceName, member, null, to, null, signature, List.copyOf(body));
    }

    /** Whether it is this signal. */
    public boolean signals(String from, String name) {
        return type == SIGNAL && from.equals(interfaceName) && name.equals(member);
    }

    /** A text of the body; empty where there is none. */
    public String text(int index) {
        return index < body.size() ? body.get(index).toString() : "";
    }
}
