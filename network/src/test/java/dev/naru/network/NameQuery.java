package dev.naru.network;

import dev.naru.linux.NetworkNamespace;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A question as a container asks it (RFC 1035, 4). */
record NameQuery(String name, int type) {
    static final int A = 1;
    static final int PTR = 12;
    static final int AAAA = 28;
    private static final int HEADER = 12;
    private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.11", 53);

    /** What came back: the records' data as text. */
    record Reply(int code, boolean truncated, List<String> records) {
        static final Reply NONE = new Reply(-1, false, List.of());
    }

    byte[] message() {
        ByteBuffer out = ByteBuffer.allocate(512);
        out.putShort((short) ThreadLocalRandom.current().nextInt(65536));
        out.putShort((short) 0x0100).putShort((short) 1).putShort((short) 0).putInt(0);
        for (String label : name.split("\\.", -1)) {
            byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
            out.put((byte) bytes.length).put(bytes);
        }
        out.put((byte) 0).putShort((short) type).putShort((short) 1);
        byte[] message = new byte[out.flip().remaining()];
        out.get(message);
        return message;
    }

    /** Asks over UDP, as often as the answer does not come. */
    Reply ask(NetworkNamespace from, int millis) throws IOException {
        try (DatagramChannel channel = from.call(DatagramChannel::open)) {
            channel.connect(SERVER);
            channel.write(ByteBuffer.wrap(message()));
            channel.socket().setSoTimeout(millis);
            byte[] bytes = new byte[4096];
            var packet = new java.net.DatagramPacket(bytes, bytes.length);
            channel.socket().receive(packet);
            return reply(ByteBuffer.wrap(bytes, 0, packet.getLength()));
        } catch (SocketTimeoutException | java.net.PortUnreachableException silence) {
            return Reply.NONE;
        }
    }

    Reply ask(NetworkNamespace from) throws IOException {
        return ask(from, 8000);
    }

    Reply askTcp(NetworkNamespace from) throws IOException {
        try (SocketChannel channel = from.call(SocketChannel::open)) {
            channel.connect(SERVER);
            var out = new DataOutputStream(channel.socket().getOutputStream());
            byte[] message = message();
            out.writeShort(message.length);
            out.write(message);
            var in = new DataInputStream(channel.socket().getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return reply(ByteBuffer.wrap(answer));
        }
    }

    private static Reply reply(ByteBuffer in) throws IOException {
        int code = in.get(3) & 15;
        boolean truncated = (in.get(2) & 2) != 0;
        int count = in.getShort(6);
        in.position(HEADER);
        skipName(in);
        in.position(in.position() + 4);
        var records = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            skipName(in);
            int type = in.getShort();
            in.position(in.position() + 6);
            byte[] data = new byte[in.getShort()];
            in.get(data);
            records.add(
                    type == PTR ? text(data) : InetAddress.getByAddress(data).getHostAddress());
        }
        return new Reply(code, truncated, records);
    }

    private static void skipName(ByteBuffer in) {
        int label = Byte.toUnsignedInt(in.get());
        while (label != 0) {
            if (label >= 192) {
                in.get();
                return;
            }
            in.position(in.position() + label);
            label = Byte.toUnsignedInt(in.get());
        }
    }

    private static String text(byte[] name) {
        var text = new StringBuilder();
        for (int at = 0; name[at] != 0; at += name[at] + 1) {
            text.append(text.isEmpty() ? "" : ".").append(new String(name, at + 1, name[at], StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
