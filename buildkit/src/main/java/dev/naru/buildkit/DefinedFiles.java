package dev.naru.buildkit;

import dev.naru.build.FileAction;
import dev.naru.build.FileOperation;
import dev.naru.grpc.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Writes changes of files (pb.FileOp); {@link LowLevelFiles} reads them. */
final class DefinedFiles {
    /** In pb.FileActionCopy: the place of {@code /./} counts. BuildKit has no word for that; other readers pass it over. */
    static final int PARENTS = 1000;

    /** In pb.FileActionMkFile: the bytes are text, which keeps the step's key. */
    static final int TEXT = 1000;

    private DefinedFiles() {}

    static ProtoWriter write(FileOperation files) {
        var operation = new ProtoWriter();
        files.actions().forEach(action -> operation.message(2, action(action)));
        return operation;
    }

    private static ProtoWriter action(FileAction action) {
        var written = new ProtoWriter().number(1, action.base());
        if (action instanceof FileAction.Copy copy) {
            written.number(2, copy.from());
        } else {
            written.number(2, -1);
        }
        written.number(3, action.output());
        return switch (action) {
            case FileAction.Copy copy -> written.message(4, copy(copy));
            case FileAction.MakeFile file ->
                written.message(
                        5,
                        owner(4, file.owner())
                                .text(1, file.path())
                                .number(2, file.mode())
                                .bytes(3, bytes(file.content()))
                                .number(5, file.timestamp())
                                .truth(TEXT, !file.content().base64()));
            case FileAction.MakeDirectory directory ->
                written.message(
                        6,
                        owner(4, directory.owner())
                                .text(1, directory.path())
                                .number(2, directory.mode())
                                .truth(3, directory.parents())
                                .number(5, directory.timestamp()));
            case FileAction.Remove remove ->
                written.message(
                        7,
                        new ProtoWriter()
                                .text(1, remove.path())
                                .truth(2, remove.allowMissing())
                                .truth(3, remove.wildcards()));
            case FileAction.Link link ->
                written.message(
                        8,
                        owner(3, link.owner())
                                .text(1, link.target())
                                .text(2, link.path())
                                .number(4, link.timestamp()));
        };
    }

    private static byte[] bytes(FileAction.Content content) {
        return content.base64()
                ? Base64.getDecoder().decode(content.text())
                : content.text().getBytes(StandardCharsets.UTF_8);
    }

    private static ProtoWriter copy(FileAction.Copy copy) {
        String mode = copy.mode();
        return owner(3, copy.owner())
                .text(1, copy.source())
                .text(2, copy.destination())
                .number(4, -1)
                .truth(5, copy.followLinks())
                .truth(6, copy.contents())
                .truth(7, copy.unpack())
                .truth(8, copy.createDestination())
                .truth(9, copy.wildcards())
                .truth(10, copy.allowNoMatch())
                .number(11, copy.timestamp())
                .texts(12, copy.include())
                .texts(13, copy.exclude())
                .truth(14, copy.replace())
                .text(15, mode == null ? "" : mode)
                .texts(16, copy.required())
                .truth(PARENTS, copy.parents());
    }

    private static ProtoWriter owner(int field, FileAction.Owner owner) {
        var written = new ProtoWriter();
        if (owner.user() == null && owner.group() == null) {
            return written;
        }
        var both = new ProtoWriter();
        account(both, 1, owner.user());
        account(both, 2, owner.group());
        return written.message(field, both);
    }

    private static void account(ProtoWriter owner, int field, FileAction.@Nullable Account account) {
        switch (account) {
            case null -> {}
            case FileAction.Account.Id(int id) -> owner.message(field, new ProtoWriter().number(2, id));
            case FileAction.Account.Name(String name, int tree) ->
                owner.message(
                        field,
                        new ProtoWriter()
                                .message(1, new ProtoWriter().text(1, name).number(2, tree)));
        }
    }
}
