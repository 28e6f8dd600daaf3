package dev.naru.engine;

import java.io.IOException;
import java.util.List;

/** Finds the last entries of a log without reading what is before them. */
final class LogTail {
    private LogTail() {}

    /**
     * Positions the files so that together they have the last {@code wanted} entries.
     *
     * @param files oldest first
     * @return the index of the file to begin with; the number of files when nothing is wanted
     */
    static int seek(List<OpenLog> files, LogFormat format, int wanted) throws IOException {
        int left = wanted;
        for (int i = files.size() - 1; i >= 0; i--) {
            OpenLog file = files.get(i);
            if (left == 0) {
                if (i == files.size() - 1) {
                    file.channel().position(file.channel().size());
                    return i;
                }
                return i + 1;
            }
            LogFormat.Tail tail = format.tail(file.channel(), left);
            file.channel().position(tail.offset());
            left -= tail.entries();
        }
        return 0;
    }
}
