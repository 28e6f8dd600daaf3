package dev.naru.buildkit;

import dev.naru.build.TreeFile;
import dev.naru.engine.FileModes;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.linux.FileCalls;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One message of a transfer of files (fsutil.types.Packet): the sender tells its files, the receiver asks for contents by
 * their numbers, contents come in pieces that an empty one ends.
 */
final class FilePacket {
    static final int STAT = 0;
    static final int REQUEST = 1;
    static final int DATA = 2;
    static final int END = 3;
    static final int ERROR = 4;

    private final ProtoFields fields;

    FilePacket(ProtoFields fields) {
        this.fields = fields;
    }

    static FilePacket read(byte[] message) throws IOException {
        return new FilePacket(ProtoFields.of(message));
    }

    int type() {
        return fields.integer(1);
    }

    int id() {
        return fields.integer(3);
    }

    ByteBuffer data() {
        return fields.view(4);
    }

    /** Whether this tells of a file; if not, all have been told. */
    boolean hasFile() {
        return fields.has(2);
    }

    /** Byte string, as the client has it. */
    String path() {
        return FileCalls.bytes(fields.message(2).text(1));
    }

    /** What a link points at, or the first path of a file that has several. */
    String link() {
        return FileCalls.bytes(fields.message(2).text(7));
    }

    TreeFile file() {
        ProtoFields stat = fields.message(2);
        int mode = FileModes.unix(stat.number(2) & 0xffffffffL);
        boolean symbolic = (mode & dev.naru.linux.FileStatus.TYPE) == dev.naru.linux.FileStatus.SYMBOLIC_LINK;
        boolean regular = (mode & dev.naru.linux.FileStatus.TYPE) == dev.naru.linux.FileStatus.REGULAR;
        long nanos = stat.number(6);
        return new TreeFile(
                mode,
                stat.number(3) & 0xffffffffL,
                stat.number(4) & 0xffffffffL,
                regular ? stat.number(5) : 0,
                Math.floorDiv(nanos, 1_000_000_000L),
                (int) Math.floorMod(nanos, 1_000_000_000L),
                symbolic ? link() : "",
                stat.integer(8),
                stat.integer(9));
    }

    static ProtoWriter request(int id) {
        return new ProtoWriter().number(1, REQUEST).number(3, id);
    }

    static ProtoWriter end() {
        return new ProtoWriter().number(1, END);
    }

    /** All files have been told. */
    static ProtoWriter told() {
        return new ProtoWriter();
    }

    static ProtoWriter data(int id, byte[] piece) {
        return new ProtoWriter().number(1, DATA).number(3, id).bytes(4, piece);
    }

    static ProtoWriter stat(String path, TreeFile file) {
        return new ProtoWriter()
                .message(
                        2,
                        new ProtoWriter()
                                .text(1, FileCalls.text(path))
                                .number(2, FileModes.go(file.mode()))
                                .number(3, file.uid())
                                .number(4, file.gid())
                                .number(5, file.size())
                                .number(6, file.modified() * 1_000_000_000L + file.nanos())
                                .text(7, FileCalls.text(file.link()))
                                .number(8, file.major())
                                .number(9, file.minor()));
    }
}
