package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import dev.naru.registry.RegistryHost.Capability;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;

/**
 * The client of registries (distribution-spec 1.1): finds hosts, keeps tokens and connections, and bounds how many
 * transfers run. Nothing is opened before the first request.
 */
public final class Registries implements AutoCloseable {
    private final RegistrySettings settings;
    private final RegistryHosts hosts;
    private final AccessRules rules;
    private final Requests requests;
    private final Tokens tokens;
    private final Downloads downloads;
    private final Uploads uploads;
    /** What each host asked for last, by its address. */
    private final Map<String, Challenges> challenges = new ConcurrentHashMap<>();
    /** Whether hosts that may go without TLS do. */
    private final Map<String, Boolean> plain = new ConcurrentHashMap<>();

    public Registries(RegistrySettings settings) {
        this.settings = requireNonNull(settings, "settings");
        this.hosts = new RegistryHosts(settings);
        this.rules = new AccessRules(settings.allow(), settings.deny());
        this.requests = new Requests(Proxies.ofEnvironment(System.getenv()));
        this.tokens = new Tokens(requests);
        this.downloads =
                new Downloads(settings.concurrentDownloads(), settings.rangesPerLayer(), settings.downloadAttempts());
        this.uploads = new Uploads(settings.concurrentUploads(), settings.downloadAttempts());
    }

    public RegistrySettings settings() {
        return settings;
    }

    /**
     * A repository.
     *
     * @param reference of which domain and path count
     * @throws NaruException FORBIDDEN when a rule forbids it
     */
    public Repository repository(Reference reference, Credentials credentials) {
        rules.check(reference);
        return new Repository(this, reference, sessions(reference.domain(), credentials));
    }

    private List<HostSession> sessions(String domain, Credentials credentials) {
        var sessions = new ArrayList<HostSession>();
        RegistryHost own = hosts.of(domain).getLast();
        for (RegistryHost each : hosts.of(domain)) {
            // The caller's credentials are for the registry; a mirror elsewhere has nothing to do with them.
            boolean same = each.authority().equalsIgnoreCase(own.authority());
            sessions.add(session(each, same ? credentials : Credentials.anonymous()));
        }
        return sessions;
    }

    private HostSession session(RegistryHost host, Credentials credentials) {
        var asked = challenges.computeIfAbsent(host.base().toString(), any -> new Challenges());
        return new HostSession(host, credentials, requests, tokens, settings.downloadAttempts(), asked);
    }

    Downloads downloads() {
        return downloads;
    }

    Uploads uploads() {
        return uploads;
    }

    /** Whether the host may be asked with TLS and without, and this is the way that it does not speak. */
    private boolean isOtherwise(List<HostSession> sessions, RegistryHost host) throws IOException {
        if (!isEither(sessions, host)) {
            return false;
        }
        Boolean known = plain.get(host.authority());
        if (!host.secure()) {
            // What a server with TLS says to a request without it tells nothing.
            return Boolean.FALSE.equals(known);
        }
        if (known == null) {
            known = !TlsProbe.speaksTls(host.base());
            plain.put(host.authority(), known);
        }
        return known;
    }

    private static boolean isEither(List<HostSession> sessions, RegistryHost host) {
        return sessions.stream()
                .map(HostSession::host)
                .anyMatch(each ->
                        each.secure() != host.secure() && each.authority().equals(host.authority()));
    }

    /** A server may have been exchanged for one that goes without TLS. */
    private void probeAgain(RegistryHost host) {
        plain.remove(host.authority());
        try {
            plain.put(host.authority(), !TlsProbe.speaksTls(host.base()));
        } catch (IOException unreachable) {
            // Without TLS it has another port, perhaps.
        }
    }

    /** One operation on some host. */
    interface Operation<T> {
        T on(HostSession host) throws IOException;
    }

    /**
     * Asks the hosts that can do it in turn until one answers; errors of the registry itself end it, those of mirrors do
     * not.
     */
    <T> T ask(List<HostSession> sessions, Capability capability, String what, Operation<T> operation) {
        IOException last = null;
        HostSession failed = null;
        for (HostSession each : sessions) {
            RegistryHost host = each.host();
            if (!host.capabilities().contains(capability)) {
                continue;
            }
            try {
                if (!isOtherwise(sessions, host)) {
                    return operation.on(each);
                }
            } catch (RefusedException refused) {
                last = refused;
                failed = each;
                if (!host.mirror()) {
                    break;
                }
            } catch (IOException failure) {
                // Without TLS a refused connection says nothing new: the first host's error is the better one.
                boolean better = last != null && !host.secure() && failure instanceof java.net.ConnectException;
                last = better ? last : failure;
                failed = failed != null && better ? failed : each;
                if (host.secure()
                        && (failure instanceof SSLException || failure instanceof HttpTimeoutException)
                        && isEither(sessions, host)) {
                    probeAgain(host);
                }
                if (Thread.currentThread().isInterrupted()) {
                    break;
                }
            }
        }
        if (last == null || failed == null) {
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "cannot " + what,
                    "no host of the registry may be asked for it",
                    "see hosts.toml");
        }
        throw RegistryFailure.of(what, failed.host(), last);
    }

    /**
     * Checks credentials.
     *
     * @param server as the user wrote it: a host, or Docker Hub's historical address
     * @return an identity token to be kept in place of the password, if the registry gives one out
     * @throws NaruException UNAUTHORIZED when they are wrong
     */
    public Optional<String> login(String server, Credentials credentials) {
        String domain = domain(server);
        rules.check(Reference.parse(domain + "/login"));
        List<HostSession> own = sessions(domain, credentials).stream()
                .filter(each -> !each.host().mirror())
                .toList();
        return ask(own, Capability.RESOLVE, "log in to " + domain, session -> {
            session.run(new CheckApi());
            return session.identityToken();
        });
    }

    /** The registry's name for an address as logins have them. */
    public static String domain(String server) {
        String text = server.replaceFirst("^https?://", "");
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        return host.isEmpty() || host.equals("index.docker.io") || host.equals("registry-1.docker.io")
                ? Reference.DEFAULT_DOMAIN
                : host;
    }

    /**
     * Searches a registry's images by the old search API, which Docker Hub has and few others.
     *
     * @throws NaruException UNAVAILABLE when there is no such registry, NOT_FOUND when it does not search
     */
    public List<SearchResult> search(String domain, String term, int limit, Credentials credentials) {
        List<HostSession> sessions = sessions(domain, credentials).stream()
                .filter(each -> !each.host().mirror())
                .map(each -> domain.equals(Reference.DEFAULT_DOMAIN) && settings.defaultRegistry() == null
                        ? session(
                                RegistryHost.of(
                                        RegistryHosts.base("index.docker.io"),
                                        each.host().tls()),
                                credentials)
                        : each)
                .toList();
        return ask(
                sessions,
                Capability.RESOLVE,
                "search " + domain,
                session -> session.run(new Search(session.host(), term, limit)));
    }

    @Override
    public void close() {
        downloads.close();
        requests.close();
    }
}
