package dev.naru.http;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/** A listening socket that was handed to this process, as sd_listen_fds(3) describes it. */
final class InheritedListener {
    private static final int FIRST = 3;

    private InheritedListener() {}

    /**
     * Takes the socket over. Java does that with descriptor 0 and no other, once in a process: the socket is moved there,
     * and a second one is refused.
     *
     * @throws NaruException INVALID when this process was handed no such socket, NOT_SUPPORTED for a second one
     */
    static Listener open(ListenAddress.Inherited address) throws IOException {
        int handed = handed(System.getenv("LISTEN_FDS"), System.getenv("LISTEN_PID"));
        if (handed == 0 || address.descriptor() >= FIRST + handed || address.descriptor() < FIRST) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot listen on " + address,
                    "this process was started with " + handed + " sockets",
                    "fd:// needs socket activation, such as a systemd unit with a socket");
        }
        try {
            Syscall.DUP3.call("descriptor " + address.descriptor(), address.descriptor(), 0, 0);
        } catch (LinuxException e) {
            throw new IOException(e);
        }
        if (System.inheritedChannel() instanceof ServerSocketChannel channel) {
            return new ChannelListener(channel, address);
        }
        throw new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "cannot listen on " + address,
                "it is not a listening stream socket, or one was taken over already",
                "hand one stream socket to the engine, and use -H unix:// for others");
    }

    private static int handed(@Nullable String count, @Nullable String process) {
        boolean ours = process == null
                || process.equals(Long.toString(ProcessHandle.current().pid()));
        if (count == null || !ours) {
            return 0;
        }
        try {
            return Math.max(0, Integer.parseInt(count));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
