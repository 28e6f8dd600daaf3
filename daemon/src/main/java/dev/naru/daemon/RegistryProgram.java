package dev.naru.daemon;

import dev.naru.daemon.Setting.Form;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.ListenAddress;
import dev.naru.http.Tls;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryConfig.AccessConfig;
import dev.naru.registryserver.RegistryServer;
import dev.naru.registryserver.S3Config;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** {@code naru registry serve}: a registry as a process of its own. */
final class RegistryProgram {
    private static final System.Logger LOG = System.getLogger("naru.daemon");

    private static final List<Setting> SETTINGS = List.of(
            new Setting("listen", "", "", Form.LIST, "Address to serve, tcp://HOST:PORT or unix://PATH"),
            new Setting("root", "", "", Form.TEXT, "Directory of content and metadata"),
            new Setting("tlscert", "", "", Form.TEXT, "Certificate file; TLS is used when it is given"),
            new Setting("tlskey", "", "", Form.TEXT, "Key file"),
            new Setting("tlscacert", "", "", Form.TEXT, "Clients must show a certificate that this CA signed"),
            new Setting("htpasswd", "", "", Form.TEXT, "Users and passwords, as htpasswd -B writes them"),
            new Setting("rights", "", "", Form.TEXT, "Lines of: USER REPOSITORY ACTIONS"),
            new Setting("tokens", "", "", Form.SWITCH, "Let clients change their password for tokens"),
            new Setting("token-realm", "", "", Form.TEXT, "URL of a token server of somebody else"),
            new Setting("token-service", "", "", Form.TEXT, "Name of this registry in its tokens"),
            new Setting("token-issuer", "", "", Form.TEXT, "Name of that server in its tokens"),
            new Setting("token-key", "", "", Form.TEXT, "PEM file with the certificate or public key of that server"),
            new Setting("read-only", "", "", Form.SWITCH, "Accept nothing"),
            new Setting("deletion", "", "", Form.SWITCH, "Let clients delete (default true)"),
            new Setting("quota", "", "", Form.TEXT, "Most bytes in one repository, such as 50g"),
            new Setting("upstream", "", "", Form.TEXT, "Cache the registry at this URL"),
            new Setting("upstream-user", "", "", Form.TEXT, "User there; the password is in NARU_UPSTREAM_PASSWORD"),
            new Setting("cache-age", "", "", Form.NUMBER, "Days that cached content is kept (default 7)"),
            new Setting("webhook", "", "", Form.LIST, "URL that is told of pushes, pulls and deletions"),
            new Setting("collect-every", "", "", Form.NUMBER, "Minutes between collections, 0 for none (default 60)"),
            new Setting("s3-bucket", "", "", Form.TEXT, "Keep blobs in this bucket; metadata stay in --root"),
            new Setting("s3-endpoint", "", "", Form.TEXT, "URL of a server that speaks S3 (default Amazon's)"),
            new Setting("s3-region", "", "", Form.TEXT, "Region of the bucket (default us-east-1)"),
            new Setting("s3-prefix", "", "", Form.TEXT, "What the objects' names begin with, such as registry/"),
            new Setting(
                    "s3-credentials", "", "", Form.TEXT, "File of keys as AWS' tools have it (default: environment)"),
            new Setting("s3-redirect", "", "", Form.SWITCH, "Let clients fetch blobs from the bucket themselves"),
            new Setting("log-level", "", "", Form.TEXT, "debug, info, warn, error or fatal"),
            new Setting("help", "h", "", Form.SWITCH, "Print this help and exit"));

    private RegistryProgram() {}

    /** Runs until a signal asks it to stop; answers the exit code. */
    static int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
        try {
            boolean help = arguments.isEmpty() || arguments.getFirst().equals("--help");
            if (help || !arguments.getFirst().equals("serve")) {
                usage(help ? out : err);
                return help ? 0 : 1;
            }
            Settings flags = Settings.ofArguments(SETTINGS, arguments.subList(1, arguments.size()));
            if (flags.is("help", false)) {
                usage(out);
                return 0;
            }
            Narud.configureLogging(flags.text("log-level").orElse("info"), "text");
            serve(flags, out);
            return 0;
        } catch (NaruException e) {
            err.println("naru: " + e.getMessage());
            return 1;
        }
    }

    private static void usage(PrintStream out) {
        out.println("Usage: naru registry serve [OPTIONS]");
        out.println();
        out.println("Serves images (OCI distribution specification) until it is told to end.");
        out.println();
        out.println("Options:");
        Usage.options(out, SETTINGS);
    }

    private static void serve(Settings flags, PrintStream out) throws InterruptedException {
        var stopped = new CountDownLatch(1);
        var finished = new CountDownLatch(1);
        try (RegistryServer server = RegistryServer.open(config(flags))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                stopped.countDown();
                Narud.awaitQuietly(finished);
            }));
            Tls tls = tls(flags);
            List<String> addresses =
                    flags.list("listen").isEmpty() ? List.of("tcp://127.0.0.1:5000") : flags.list("listen");
            for (String address : addresses) {
                out.println("serving " + server.listen(ListenAddress.parse(address, tls, null)));
            }
            out.flush();
            stopped.await();
            LOG.log(System.Logger.Level.INFO, "stopping");
        } finally {
            finished.countDown();
        }
    }

    private static @Nullable Tls tls(Settings flags) {
        Optional<Path> certificate = flags.text("tlscert").map(Path::of);
        Optional<Path> key = flags.text("tlskey").map(Path::of);
        if (certificate.isPresent() != key.isPresent()) {
            throw NaruException.invalid("--tlscert and --tlskey belong together");
        }
        Path authority = flags.text("tlscacert").map(Path::of).orElse(null);
        return certificate.isEmpty()
                ? null
                : Tls.of(authority, certificate.get(), key.orElseThrow(), authority != null);
    }

    private static RegistryConfig config(Settings flags) {
        Path root = Path.of(flags.text("root").orElse("/var/lib/naru-registry"));
        RegistryConfig defaults = RegistryConfig.of(root);
        return new RegistryConfig(
                root,
                s3(flags),
                access(flags),
                flags.is("read-only", false),
                flags.is("deletion", true),
                flags.text("quota").map(text -> ByteSize.parse("quota", text)).orElse(0L),
                flags.text("upstream").map(RegistryProgram::url).orElse(null),
                flags.text("upstream-user").orElse(null),
                System.getenv("NARU_UPSTREAM_PASSWORD"),
                Duration.ofDays(
                        flags.number("cache-age", (int) defaults.cacheAge().toDays())),
                flags.list("webhook").stream().map(RegistryProgram::url).toList(),
                Duration.ofMinutes(flags.number(
                        "collect-every", (int) defaults.collectEvery().toMinutes())),
                defaults.unusedAge());
    }

    private static URI url(String text) {
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException malformed) {
            throw new NaruException(ErrorKind.INVALID, "invalid URL \"" + text + "\"", "", null, malformed);
        }
        throw NaruException.invalid("invalid URL \"" + text + "\": http:// or https:// is needed");
    }

    private static @Nullable S3Config s3(Settings flags) {
        Optional<String> bucket = flags.text("s3-bucket");
        if (bucket.isEmpty()) {
            for (String flag : List.of("s3-endpoint", "s3-region", "s3-prefix", "s3-credentials")) {
                if (flags.text(flag).isPresent()) {
                    throw NaruException.invalid("--" + flag + " needs --s3-bucket");
                }
            }
            return null;
        }
        String prefix = flags.text("s3-prefix").orElse("");
        return new S3Config(
                flags.text("s3-endpoint").map(RegistryProgram::url).orElse(null),
                flags.text("s3-region").orElse("us-east-1"),
                bucket.get(),
                prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/",
                flags.text("s3-credentials").map(Path::of).orElse(null),
                flags.is("s3-redirect", false));
    }

    private static AccessConfig access(Settings flags) {
        Optional<Path> users = flags.text("htpasswd").map(Path::of);
        Optional<String> realm = flags.text("token-realm");
        if (users.isPresent() && realm.isPresent()) {
            throw NaruException.invalid("--htpasswd and --token-realm exclude each other");
        }
        if (realm.isPresent()) {
            return new AccessConfig.Tokens(
                    realm.get(),
                    required(flags, "token-service"),
                    required(flags, "token-issuer"),
                    Path.of(required(flags, "token-key")));
        }
        if (users.isPresent()) {
            return new AccessConfig.Passwords(
                    users.get(), flags.text("rights").map(Path::of).orElse(null), flags.is("tokens", false));
        }
        if (flags.text("rights").isPresent() || flags.is("tokens", false)) {
            throw NaruException.invalid("--rights and --tokens need --htpasswd");
        }
        return new AccessConfig.Open();
    }

    private static String required(Settings flags, String flag) {
        return flags.text(flag).orElseThrow(() -> NaruException.invalid("--token-realm needs --" + flag));
    }
}
