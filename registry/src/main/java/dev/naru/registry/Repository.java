package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Manifest;
import dev.naru.oci.Reference;
import dev.naru.registry.RegistryHost.Capability;
import dev.naru.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A repository of a registry, on whichever of its hosts answers.
 *
 * <p>Errors are {@link NaruException}s: NOT_FOUND, UNAUTHORIZED and FORBIDDEN as the registry says, INVALID for content
 * that is not what it should be, UNAVAILABLE when no host could be asked.
 */
public final class Repository {
    private static final int MOST_TAGS = 1_000_000;

    private final Registries registries;
    private final Reference name;
    private final List<HostSession> hosts;

    Repository(Registries registries, Reference name, List<HostSession> hosts) {
        this.registries = requireNonNull(registries, "registries");
        this.name = requireNonNull(name, "name");
        this.hosts = List.copyOf(hosts);
    }

    /** Its name; tag and digest mean nothing. */
    public Reference name() {
        return name;
    }

    /** The hosts that are asked, as addresses. */
    public List<URI> hosts() {
        return hosts.stream().map(each -> each.host().base()).toList();
    }

    private String on(HostSession session) {
        return session.host().path(name.path());
    }

    private <T> T pulling(String what, Registries.Operation<T> operation) {
        return registries.ask(hosts, Capability.PULL, what, operation);
    }

    private <T> T pushing(String what, Registries.Operation<T> operation) {
        return registries.ask(hosts, Capability.PUSH, what, operation);
    }

    /**
     * Looks a tag or a digest up.
     *
     * @param reference a tag, or a digest with {@code sha256:}
     * @throws NaruException NOT_FOUND when there is none
     */
    public Descriptor resolve(String reference) {
        Optional<Descriptor> found = registries.ask(
                hosts,
                Capability.RESOLVE,
                "resolve " + text(reference),
                session -> session.run(new HeadManifest(on(session), reference)));
        if (found.isEmpty()) {
            throw unknown(reference, "manifest unknown");
        }
        Descriptor told = found.get();
        boolean complete = Digest.isDigest(told.digest()) && told.size() >= 0;
        return complete ? told : manifest(reference).descriptor();
    }

    /** Fetches a manifest or an index by tag or digest; its digest is verified. */
    public ManifestContent manifest(String reference) {
        boolean byDigest = Digest.isDigest(reference);
        try {
            GetManifest.Fetched fetched = registries.ask(
                    hosts,
                    byDigest ? Capability.PULL : Capability.RESOLVE,
                    "pull " + text(reference),
                    session -> session.run(new GetManifest(on(session), reference)));
            return ManifestContent.of(fetched.mediaType(), fetched.content(), text(reference), fetched.digest());
        } catch (NaruException failure) {
            throw inDockersWords(failure, reference);
        }
    }

    private NaruException inDockersWords(NaruException failure, String reference) {
        String reason = failure.getCause() instanceof RefusedException refused ? refused.text() : "";
        return switch (failure.kind()) {
            case NOT_FOUND -> unknown(reference, reason);
            case UNAUTHORIZED, FORBIDDEN ->
                failure.getCause() instanceof RefusedException
                        ? new NaruException(
                                ErrorKind.NOT_FOUND,
                                "pull access denied for " + name.familiarRepository()
                                        + ", repository does not exist or may require 'docker login'",
                                reason,
                                null,
                                failure)
                        : failure;
            default -> failure;
        };
    }

    private NaruException unknown(String reference, String reason) {
        return new NaruException(ErrorKind.NOT_FOUND, "manifest for " + text(reference) + " not found", reason, null);
    }

    private String text(String reference) {
        return name.familiarRepository() + (Digest.isDigest(reference) ? "@" : ":") + reference;
    }

    /** Stores a manifest or an index under a tag or its digest. */
    public Descriptor putManifest(String reference, String mediaType, byte[] content) {
        pushing(
                "push " + text(reference),
                session -> session.run(new PutManifest(on(session), reference, mediaType, content)));
        String digest =
                Digest.isDigest(reference) ? reference : Digest.of(content).toString();
        return new Descriptor(mediaType, digest, content.length, null, null, null, null);
    }

    /** Removes a manifest by digest, or a tag where the registry allows that. */
    public void deleteManifest(String reference) {
        pushing("remove " + text(reference), session -> session.run(new DeleteManifest(on(session), reference)));
    }

    /** All tags, as the registry orders them. */
    public List<String> tags() {
        return registries.ask(hosts, Capability.RESOLVE, "list the tags of " + name.familiarRepository(), session -> {
            var tags = new ArrayList<String>();
            Optional<URI> next = Optional.empty();
            do {
                ListTags.Page page = session.run(new ListTags(on(session), next.orElse(null)));
                tags.addAll(page.tags());
                boolean stuck = page.next().equals(next) || page.tags().isEmpty() || tags.size() > MOST_TAGS;
                next = stuck ? Optional.empty() : page.next();
            } while (next.isPresent());
            return List.copyOf(tags);
        });
    }

    /**
     * The manifests that refer to one (distribution-spec, Listing referrers), by the API or, where the registry has none,
     * by the tag that stands in for it.
     *
     * @param artifactType only those of this type; null for all
     */
    public List<Descriptor> referrers(String digest, @Nullable String artifactType) {
        String tag = digest.replace(':', '-');
        List<Descriptor> all = pulling("list the referrers of " + digest, session -> {
            try {
                return allReferrers(session, digest, artifactType);
            } catch (RefusedException refused) {
                if (refused.status() != 404 && refused.status() != 405) {
                    throw refused;
                }
            }
            try {
                GetManifest.Fetched fetched = session.run(new GetManifest(on(session), tag));
                return ManifestContent.of(fetched.mediaType(), fetched.content(), text(tag), fetched.digest())
                        .index()
                        .manifests();
            } catch (RefusedException refused) {
                if (refused.status() != 404) {
                    throw refused;
                }
                return List.<Descriptor>of();
            }
        });
        return all.stream()
                .filter(each -> artifactType == null || artifactType.equals(each.artifactType()))
                .toList();
    }

    private List<Descriptor> allReferrers(HostSession session, String digest, @Nullable String artifactType)
            throws java.io.IOException {
        var all = new ArrayList<Descriptor>();
        Optional<URI> next = Optional.empty();
        do {
            GetReferrers.Page page =
                    session.run(new GetReferrers(on(session), digest, artifactType, next.orElse(null)));
            all.addAll(page.referrers());
            boolean stuck = page.next().equals(next) || page.referrers().isEmpty() || all.size() > MOST_TAGS;
            next = stuck ? Optional.empty() : page.next();
        } while (next.isPresent());
        return all;
    }

    /** A blob's size in bytes, -1 when the repository does not have it. */
    public long blobSize(String digest) {
        return pushing("look for blob " + digest, session -> session.run(new HeadBlob(on(session), digest)));
    }

    /**
     * Takes a blob from another repository of the same registry.
     *
     * @param from the other repository's path
     * @return whether the registry did it
     */
    public boolean mount(String digest, String from) {
        return pushing("mount blob " + digest, session -> {
            Optional<URI> upload = session.run(
                    new MountBlob(on(session), digest, session.host().path(from)));
            if (upload.isPresent()) {
                session.run(new CancelUpload(on(session), upload.get()));
            }
            return upload.isEmpty();
        });
    }

    /** A blob or a range of it from the first host that has it; the answer is the caller's to close. */
    Answer blob(String digest, long first, long last) {
        return pulling("pull blob " + digest, session -> session.run(new GetBlob(on(session), digest, first, last)));
    }

    /** Begins to read a blob; who reads it verifies it. */
    public Incoming read(String digest) {
        Answer answer = blob(digest, 0, -1);
        return new Incoming(answer.length(), new AnswerStream(answer));
    }

    /**
     * Goes on reading a blob, from a registry that does not know ranges by reading the beginning again.
     *
     * @param from where to begin
     * @param size of the whole blob in bytes
     */
    public Incoming read(String digest, long from, long size) throws IOException {
        Answer answer = blob(digest, from, size - 1);
        InputStream content = new AnswerStream(answer);
        try {
            boolean part = answer.header("Content-Range").startsWith("bytes " + from + "-");
            if (answer.status() == 206 && !part) {
                throw new IOException("the registry sends another range of blob " + digest);
            }
            if (answer.status() != 206) {
                content.skipNBytes(from);
            }
            return new Incoming(size, content);
        } catch (IOException failed) {
            content.close();
            throw failed;
        }
    }

    /**
     * A small blob, verified.
     *
     * @throws NaruException INVALID when digest or size are wrong, or it has more than {@code limit} bytes
     */
    public byte[] smallBlob(Descriptor blob, int limit) {
        if (blob.size() > limit) {
            throw NaruException.invalid("blob " + blob.digest() + " has " + blob.size() + " bytes, more than " + limit);
        }
        return pulling("pull blob " + blob.digest(), session -> {
            try (Answer answer = session.run(new GetBlob(on(session), blob.digest(), 0, -1))) {
                byte[] content = answer.body().readAll((int) blob.size());
                if (!Digest.parse(blob.digest()).matches(content)) {
                    throw new WrongContentException(
                            "blob " + blob.digest() + " came with another digest and " + content.length + " bytes");
                }
                return content;
            }
        });
    }

    /** The configuration of an image, read from the repository. */
    public ImageConfig imageConfig(Manifest manifest) {
        byte[] json = smallBlob(manifest.config(), GetManifest.LIMIT);
        return RegistryJson.read(ImageConfig.class, json, "image configuration");
    }

    /** Begins to fetch a blob into a store, or joins whoever fetches it already. The pull's own lease must hold it. */
    public Transfer download(Descriptor blob, Store store) {
        return registries.downloads().join(this, blob, store);
    }

    /** Uploads content while it is made; waits for its turn before. */
    public UploadedContent upload(GrowingContent content, Transfer.Counter counter) {
        return registries
                .uploads()
                .run(
                        counter,
                        () -> pushing(
                                "push a layer to " + name.familiarRepository(),
                                session -> new GrowingUpload(session, on(session), content).run(counter)));
    }

    /** Uploads a blob of a store; waits for its turn before. The blob must be held by the caller's lease. */
    public void upload(String digest, Store store, Transfer.Counter counter) {
        registries
                .uploads()
                .run(
                        counter,
                        () -> pushing("push blob " + digest, session -> {
                            new BlobUpload(session, on(session), digest, store.blobs()).run(counter);
                            return true;
                        }));
    }
}
