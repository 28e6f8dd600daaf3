package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.http.Exchange;
import dev.naru.http.Handler;
import dev.naru.registry.RegistryJson;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out what a request wants, whether its sender may, and who answers it. */
final class RegistryHandler implements Handler {
    private final Registry registry;
    private final Access access;
    private final @Nullable TokenIssuer issuer;
    private final BlobEndpoint blobs;
    private final UploadEndpoint uploads;
    private final ManifestEndpoint manifests;
    private final ListEndpoint lists;

    RegistryHandler(Registry registry, Access access, @Nullable TokenIssuer issuer) {
        this.registry = requireNonNull(registry, "registry");
        this.access = requireNonNull(access, "access");
        this.issuer = issuer;
        this.blobs = new BlobEndpoint(registry);
        this.uploads = new UploadEndpoint(registry);
        this.manifests = new ManifestEndpoint(registry);
        this.lists = new ListEndpoint(registry);
    }

    @Json
    record ErrorEntry(String code, String message, @Nullable String detail) {}

    @Json
    record ErrorBody(List<ErrorEntry> errors) {}

    @Override
    public void handle(Exchange exchange) throws IOException {
        long began = System.nanoTime();
        exchange.headers().set("Docker-Distribution-Api-Version", "registry/2.0");
        try {
            answer(exchange);
        } catch (Refusal refusal) {
            refuse(exchange, refusal);
        } catch (NaruException failure) {
            refuse(exchange, Refusal.of(failure));
        } finally {
            registry.metrics().request(exchange.request().method(), exchange.status(), System.nanoTime() - began);
        }
    }

    private void answer(Exchange exchange) throws IOException {
        RegistryPath path = RegistryPath.parse(exchange.request().path());
        if (path == null) {
            throw new Refusal(
                    DistributionError.NAME_INVALID,
                    "no such endpoint",
                    exchange.request().path());
        }
        switch (path) {
            case RegistryPath.Health() -> exchange.send(200, new byte[0]);
            case RegistryPath.Token() -> token(exchange);
            case RegistryPath.Base() -> {
                access.admit(exchange, List.of());
                exchange.headers().set("Content-Type", "application/json");
                exchange.send(200, "{}".getBytes(StandardCharsets.UTF_8));
            }
            case RegistryPath.Metrics() -> {
                access.admit(exchange, List.of(new Scope("", Scope.Action.CATALOG)));
                exchange.headers().set("Content-Type", "text/plain; version=0.0.4");
                exchange.send(
                        200,
                        registry.metrics()
                                .text(
                                        registry.uploads().size(),
                                        registry.notifications().waiting())
                                .getBytes(StandardCharsets.UTF_8));
            }
            case RegistryPath.Catalog() -> {
                requireGet(exchange);
                access.admit(exchange, List.of(new Scope("", Scope.Action.CATALOG)));
                lists.catalog(exchange);
            }
            case RegistryPath.Tags(String repository) -> {
                requireGet(exchange);
                admitPull(exchange, repository);
                lists.tags(exchange, repository);
            }
            case RegistryPath.Referrers(String repository, String digest) -> {
                requireGet(exchange);
                admitPull(exchange, repository);
                lists.referrers(exchange, repository, digest);
            }
            case RegistryPath.Manifest manifest -> manifest(exchange, manifest);
            case RegistryPath.Blob blob -> blob(exchange, blob);
            case RegistryPath.Uploads(String repository) -> begin(exchange, repository);
            case RegistryPath.Upload upload -> upload(exchange, upload);
        }
    }

    private void token(Exchange exchange) throws IOException {
        if (issuer == null) {
            throw new Refusal(DistributionError.UNSUPPORTED, "this registry gives no tokens", null);
        }
        issuer.answer(exchange);
    }

    private void admitPull(Exchange exchange, String repository) {
        access.admit(exchange, List.of(new Scope(repository, Scope.Action.PULL)));
    }

    private void admitPush(Exchange exchange, String repository) {
        access.admit(
                exchange, List.of(new Scope(repository, Scope.Action.PULL), new Scope(repository, Scope.Action.PUSH)));
    }

    private void admitDelete(Exchange exchange, String repository) {
        access.admit(exchange, List.of(new Scope(repository, Scope.Action.DELETE)));
    }

    private void manifest(Exchange exchange, RegistryPath.Manifest path) throws IOException {
        switch (exchange.request().method()) {
            case "GET", "HEAD" -> {
                admitPull(exchange, path.repository());
                manifests.get(exchange, path.repository(), path.reference());
            }
            case "PUT" -> {
                admitPush(exchange, path.repository());
                manifests.put(exchange, path.repository(), path.reference());
            }
            case "DELETE" -> {
                admitDelete(exchange, path.repository());
                manifests.delete(exchange, path.repository(), path.reference());
            }
            default -> throw wrongMethod();
        }
    }

    private void blob(Exchange exchange, RegistryPath.Blob path) throws IOException {
        switch (exchange.request().method()) {
            case "GET", "HEAD" -> {
                admitPull(exchange, path.repository());
                blobs.get(exchange, path.repository(), path.digest());
            }
            case "DELETE" -> {
                admitDelete(exchange, path.repository());
                blobs.delete(exchange, path.repository(), path.digest());
            }
            default -> throw wrongMethod();
        }
    }

    private void begin(Exchange exchange, String repository) throws IOException {
        if (!exchange.request().method().equals("POST")) {
            throw wrongMethod();
        }
        admitPush(exchange, repository);
        uploads.begin(exchange, repository, mayMount(exchange));
    }

    /** Whether the caller may read where it mounts from: without that right the blob has to be uploaded. */
    private boolean mayMount(Exchange exchange) {
        Optional<String> source = Optional.ofNullable(UploadEndpoint.mountSource(exchange));
        try {
            source.ifPresent(from -> admitPull(exchange, from));
            return source.isPresent();
        } catch (Refusal notAllowed) {
            exchange.headers().remove("WWW-Authenticate");
            return false;
        }
    }

    private void upload(Exchange exchange, RegistryPath.Upload path) throws IOException {
        admitPush(exchange, path.repository());
        switch (exchange.request().method()) {
            case "PATCH" -> uploads.chunk(exchange, path.repository(), path.id());
            case "PUT" -> uploads.finish(exchange, path.repository(), path.id());
            case "GET" -> uploads.status(exchange, path.repository(), path.id());
            case "DELETE" -> uploads.cancel(exchange, path.repository(), path.id());
            default -> throw wrongMethod();
        }
    }

    private static void requireGet(Exchange exchange) {
        if (!exchange.request().method().equals("GET")
                && !exchange.request().method().equals("HEAD")) {
            throw wrongMethod();
        }
    }

    private static Refusal wrongMethod() {
        return new Refusal(DistributionError.UNSUPPORTED, "the operation is unsupported", null);
    }

    private static void refuse(Exchange exchange, Refusal refusal) throws IOException {
        if (exchange.answered()) {
            throw new IOException(refusal.getMessage(), refusal);
        }
        var entries = new ArrayList<ErrorEntry>();
        entries.add(new ErrorEntry(refusal.error().name(), String.valueOf(refusal.getMessage()), refusal.detail()));
        exchange.headers().set("Content-Type", "application/json");
        exchange.send(refusal.error().status(), RegistryJson.write(new ErrorBody(entries)));
    }
}
