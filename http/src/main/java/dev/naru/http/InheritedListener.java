package dev.naru.http;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;

/** A listening socket that was handed to this process. */
final class InheritedListener {
    private InheritedListener() {}

    /**
     * Java takes over descriptor 0 and no other, so that a unit needs {@code StandardInput=socket} beside its socket.
     *
     * @throws NaruException NOT_SUPPORTED when standard input is not a listening socket
     */
    static Listener open(ListenAddress.Inherited address) throws IOException {
        if (System.inheritedChannel() instanceof ServerSocketChannel channel) {
            return new ChannelListener(channel, address);
        }
        throw new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "cannot listen on " + address,
                "standard input is not a listening socket",
                "start the engine with its socket as standard input (StandardInput=socket in a systemd unit)");
    }
}
