package dev.naru.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Where a request's body goes. Between two pieces it looks whether the server has refused the request already. */
public final class RequestSink {
    private final Transport transport;
    private final Refused refused;
    private final BodyOutput chunks;
    private final boolean chunked;
    private long left;
    private @Nullable IOException failure;

    /** Whether an answer has come that makes the rest of the body superfluous. */
    interface Refused {
        boolean already() throws IOException;
    }

    /** Ends the writing of a body; why is known to the sink. */
    private static final class Unwanted extends IOException {
        private static final long serialVersionUID = 1;

        Unwanted() {
            super("the server does not take the rest of the request");
        }
    }

    RequestSink(Transport transport, long length, Refused refused) {
        this.transport = transport;
        this.refused = refused;
        this.chunked = length < 0;
        this.left = length;
        this.chunks = new BodyOutput(new TransportOutput(transport), true);
    }

    /** Writes a part, which goes at once when the body's length is known. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        count(length);
        try {
            if (chunked) {
                chunks.write(bytes, offset, length);
            } else {
                transport.write(bytes, offset, length);
            }
        } catch (IOException cut) {
            throw unwanted(cut);
        }
    }

    /** Writes a part of a file, which the kernel copies where it can. Only for a body of known length. */
    public void write(FileChannel file, long position, long length) throws IOException {
        count(length);
        try {
            transport.write(file, position, length);
        } catch (EOFException tooShort) {
            throw tooShort;
        } catch (IOException cut) {
            throw unwanted(cut);
        }
    }

    private void count(long length) throws IOException {
        if (!chunked && length > left) {
            throw new IOException("the request's body is longer than announced");
        }
        left -= length;
        if (refused.already()) {
            throw unwanted(null);
        }
    }

    private Unwanted unwanted(@Nullable IOException cut) {
        failure = cut;
        return new Unwanted();
    }

    /** Why the last bytes could not be written, if so. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /**
     * Sends a body.
     *
     * @return whether all of it was sent; otherwise there may be an answer that says why not
     */
    boolean send(RequestBody body) throws IOException {
        try {
            body.writeTo(this);
            if (chunked) {
                end();
            } else if (left > 0) {
                throw new EOFException("the request's body is shorter than announced");
            }
            return true;
        } catch (Unwanted known) {
            return false;
        }
    }

    private void end() throws IOException {
        try {
            chunks.close();
        } catch (IOException cut) {
            throw unwanted(cut);
        }
    }
}
