package dev.naru.buildkit;

import dev.naru.build.FileAction;
import dev.naru.build.FileOperation;
import dev.naru.build.Operation;
import dev.naru.grpc.ProtoFields;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** File operations of the low-level language (pb.FileOp). Its indexes of trees mean the same here. */
final class LowLevelFiles {
    private LowLevelFiles() {}

    static FileOperation read(ProtoFields operation) {
        return new FileOperation(
                operation.messages(2).stream().map(LowLevelFiles::action).toList());
    }

    private static FileAction action(ProtoFields action) {
        int base = action.integer(1);
        int output = Math.max(Operation.NONE, action.integer(3));
        if (action.has(4)) {
            return copy(base, action.integer(2), output, action.message(4));
        }
        if (action.has(5)) {
            ProtoFields file = action.message(5);
            return new FileAction.MakeFile(
                    base, output, file.text(1), file.integer(2), content(file), owner(file, 4), file.number(5));
        }
        if (action.has(6)) {
            ProtoFields directory = action.message(6);
            return new FileAction.MakeDirectory(
                    base,
                    output,
                    directory.text(1),
                    directory.integer(2),
                    directory.truth(3),
                    owner(directory, 4),
                    directory.number(5));
        }
        if (action.has(7)) {
            ProtoFields remove = action.message(7);
            return new FileAction.Remove(base, output, remove.text(1), remove.truth(2), remove.truth(3));
        }
        if (action.has(8)) {
            ProtoFields link = action.message(8);
            return new FileAction.Link(base, output, link.text(1), link.text(2), owner(link, 3), link.number(4));
        }
        throw LowLevelGraph.malformed("a change of files of no known kind");
    }

    private static FileAction.Content content(ProtoFields file) {
        return file.truth(DefinedFiles.TEXT)
                ? new FileAction.Content(file.text(3), false)
                : new FileAction.Content(Base64.getEncoder().encodeToString(file.bytes(3)), true);
    }

    private static FileAction copy(int base, int from, int output, ProtoFields copy) {
        return new FileAction.Copy(
                base,
                from,
                output,
                copy.text(1),
                copy.text(2),
                owner(copy, 3),
                mode(copy),
                copy.number(11),
                copy.truth(5),
                copy.truth(6),
                copy.truth(7),
                copy.truth(8),
                copy.truth(9),
                copy.truth(10),
                copy.truth(DefinedFiles.PARENTS),
                copy.truth(14),
                copy.texts(12),
                copy.texts(13),
                copy.texts(16));
    }

    /** A negative number keeps the mode. */
    private static @Nullable String mode(ProtoFields copy) {
        if (!copy.text(15).isEmpty()) {
            return copy.text(15);
        }
        return copy.integer(4) < 0 ? null : Integer.toOctalString(copy.integer(4));
    }

    private static FileAction.Owner owner(ProtoFields action, int field) {
        if (!action.has(field)) {
            return FileAction.Owner.unchanged();
        }
        ProtoFields owner = action.message(field);
        return new FileAction.Owner(account(owner, 1), account(owner, 2));
    }

    private static FileAction.@Nullable Account account(ProtoFields owner, int field) {
        if (!owner.has(field)) {
            return null;
        }
        ProtoFields account = owner.message(field);
        return account.has(1)
                ? new FileAction.Account.Name(
                        account.message(1).text(1), account.message(1).integer(2))
                : new FileAction.Account.Id(account.integer(2));
    }
}
