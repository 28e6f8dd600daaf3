package dev.naru.dist;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints what all threads of another Java do, virtual ones too, where no JDK is: speaks the attach protocol of HotSpot,
 * which the other was told by a signal to listen for.
 */
final class ThreadDump {
    private ThreadDump() {}

    public static void main(String[] processes) throws IOException {
        Path dump = Path.of("/tmp/threads");
        var address = UnixDomainSocketAddress.of("/tmp/.java_pid" + processes[0]);
        try (SocketChannel other = SocketChannel.open(address)) {
            String request = "1\0jcmd\0Thread.dump_to_file -overwrite " + dump + "\0\0\0";
            other.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            Channels.newInputStream(other).transferTo(System.out);
        }
        System.out.println(Files.readString(dump));
    }
}
