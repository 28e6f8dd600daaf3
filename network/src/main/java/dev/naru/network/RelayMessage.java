package dev.naru.network;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Messages to the relay ({@code monitor/relay/control.c}): what it is, then its fields, little-endian. */
final class RelayMessage {
    /**
     * How many ports go in one message with their sockets: fewer than fit, so that the relay takes the first while the
     * next are opened.
     */
    static final int MOST = 100;

    private static final int ADD = 1;
    private static final int REMOVE = 2;
    private static final int LIST = 3;
    private static final int LIVES = 4;
    private static final int END_IF_UNUSED = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private RelayMessage(int operation) {
        out.write(operation);
    }

    /** Goes with the ports' sockets, in the same order. */
    static byte[] add(Collection<RelayHandover.Opened> ports) {
        var message = new RelayMessage(ADD).number(ports.size());
        ports.forEach(message::port);
        return message.out.toByteArray();
    }

    static byte[] remove(Collection<String> labels) {
        var message = new RelayMessage(REMOVE).number(labels.size());
        labels.forEach(message::text);
        return message.out.toByteArray();
    }

    static byte[] list() {
        return new RelayMessage(LIST).out.toByteArray();
    }

    /** Goes with the container's process. */
    static byte[] lives(String owner) {
        return new RelayMessage(LIVES).text(owner).out.toByteArray();
    }

    static byte[] endIfUnused() {
        return new RelayMessage(END_IF_UNUSED).out.toByteArray();
    }

    private void port(RelayHandover.Opened opened) {
        RelayedPort port = opened.port();
        byte[] target = port.target().getAddress().getAddress();
        text(port.label()).text(port.owner());
        out.write(port.protocol().number());
        out.write(target.length > 4 ? 6 : 4);
        out.writeBytes(target);
        number(port.target().getPort());
    }

    private RelayMessage text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    private RelayMessage number(int value) {
        out.write(value);
        out.write(value >>> 8);
        return this;
    }
}
