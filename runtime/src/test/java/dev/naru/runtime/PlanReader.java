package dev.naru.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Reads a plan's binary form back into lines of text, such as {@code MOUNT proc proc /proc 14}. */
final class PlanReader {
    private final ByteBuffer bytes;

    private PlanReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static List<String> lines(LaunchPlan plan) {
        return new PlanReader(plan.bytes()).lines();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int code = bytes.getInt();
            int end = bytes.getInt() + bytes.position();
            PlanOperation operation = java.util.Arrays.stream(PlanOperation.values())
                    .filter(each -> each.code() == code)
                    .findFirst()
                    .orElseThrow();
            StringJoiner line = new StringJoiner(" ");
            line.add(operation.name());
            for (char kind : fields(operation).toCharArray()) {
                switch (kind) {
                    case 'n' -> line.add(Long.toString(bytes.getLong()));
                    case 'x' -> line.add(Long.toHexString(bytes.getLong()));
                    case 't' -> line.add(text());
                    case 'b' -> line.add(bytes.getInt(bytes.position()) + " bytes");
                    default -> {
                        for (long count = bytes.getLong(); count > 0; count--) {
                            line.add(kind == 'N' ? Long.toString(bytes.getLong()) : text());
                        }
                    }
                }
            }
            lines.add(line.toString().strip());
            bytes.position(end);
        }
        return lines;
    }

    private String text() {
        byte[] text = new byte[bytes.getInt()];
        bytes.get(text).get();
        return new String(text, StandardCharsets.UTF_8);
    }

    /** n a number, x one in hexadecimal, t a text, b bytes, N counted numbers, T counted texts. */
    private static String fields(PlanOperation operation) {
        return switch (operation) {
            case CREATE_NAMESPACES, JOIN_CONTAINER -> "x";
            case JOIN_NAMESPACE -> "xt";
            case UID_MAP,
                    GID_MAP,
                    CGROUP_V1,
                    CGROUP_V2,
                    OOM_COUNTER,
                    HOSTNAME,
                    DOMAINNAME,
                    ROOT,
                    MASK_PATH,
                    READ_ONLY_PATH,
                    SESSION_KEYRING,
                    APPARMOR,
                    SELINUX,
                    WORKING_DIRECTORY -> "t";
            case STREAM_OWNER -> "nn";
            case OOM_SCORE, UMASK, TERMINAL -> "n";
            case INIT, ENTER_USER_NAMESPACE, READ_ONLY_ROOT, PIVOT_ROOT, NO_NEW_PRIVILEGES -> "";
            case MOUNT -> "tttnt";
            case BIND -> "ttn";
            case BIND_ASIDE -> "nttn";
            case MAP_IDS -> "ttnnn";
            case REMOUNT, TMPFS_COPY_UP -> "tnt";
            case PROPAGATION -> "ntn";
            case OVERLAY -> "tttnTT";
            case MOUNT_ATTRIBUTES -> "tnnn";
            case DIRECTORY -> "tnnn";
            case SYMLINK, SYSCTL -> "tt";
            case DEVICE -> "tnnnnn";
            case FILE -> "tnnnb";
            case OWNER -> "tnn";
            case MODE -> "tn";
            case HOOK, START_HOOK -> "tTTttn";
            case RLIMIT -> "nnn";
            case USER -> "nnN";
            case CAPABILITIES -> "xxxxx";
            case SECCOMP -> "xb";
            case ENVIRONMENT, ARGUMENTS -> "T";
        };
    }
}
