package dev.naru.engine;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.runtime.UserLookup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who owns what {@code docker cp -a} brings: the user that the container runs as. */
final class ContainerOwner {
    private static final int LARGEST = 10_000_000;

    private ContainerOwner() {}

    /** Its uid and gid; null when the container names no user, so that owners stay as they are. */
    static long @Nullable [] of(ContainerRecord record, ContainerFiles files) {
        String user = Values.text(record.config().user());
        if (user.isEmpty()) {
            return null;
        }
        UserLookup lookup = new UserLookup(text(files, "etc/passwd"), text(files, "etc/group"));
        var identity = lookup.resolve(user, List.of()).user();
        return new long[] {identity.uid(), identity.gid()};
    }

    private static String text(ContainerFiles files, String path) {
        try (FileCalls calls = new FileCalls()) {
            int opened =
                    calls.openAcrossMounts(files.root().number(), path, Descriptor.O_RDONLY | Descriptor.O_NONBLOCK);
            if (opened < 0) {
                return "";
            }
            try (Descriptor file = new Descriptor(opened);
                    var in = Files.newInputStream(Path.of(file.path()))) {
                boolean regular = calls.status(opened, "")
                        .filter(dev.naru.linux.FileStatus::isRegular)
                        .isPresent();
                return regular ? new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8) : "";
            }
        } catch (IOException e) {
            return "";
        }
    }
}
