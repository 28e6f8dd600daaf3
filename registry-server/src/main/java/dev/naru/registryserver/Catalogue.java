package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Digest;
import dev.naru.registry.RegistryJson;
import dev.naru.store.Database;
import dev.naru.store.Transaction;
import dev.naru.store.Transaction.Document;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is in which repository: tags, manifests, and links to blobs. A blob can be had from a repository only through
 * its link there, so that a digest alone opens nobody's content.
 */
final class Catalogue {
    private static final String REPOSITORIES = "registry.repositories";

    private final Database database;

    Catalogue(Database database) {
        this.database = requireNonNull(database, "database");
    }

    private static String tags(String repository) {
        return "registry.tags/" + repository;
    }

    private static String manifests(String repository) {
        return "registry.manifests/" + repository;
    }

    private static String links(String repository) {
        return "registry.links/" + repository;
    }

    private static String referrers(String repository, String subject) {
        return "registry.referrers/" + repository + "/" + subject;
    }

    List<String> repositories(String after, int limit) {
        return database.read(in ->
                in.list(REPOSITORIES, after, limit).stream().map(Document::id).toList());
    }

    /** Null when there is no such repository. */
    Optional<List<String>> tags(String repository, String after, int limit) {
        return database.read(
                in -> in.get(REPOSITORIES, repository).map(known -> in.list(tags(repository), after, limit).stream()
                        .map(Document::id)
                        .toList()));
    }

    /** The digest that a tag stands for. */
    Optional<String> tag(String repository, String tag) {
        return database.read(in -> in.get(tags(repository), tag).map(Catalogue::text));
    }

    Optional<StoredManifest> manifest(String repository, String digest) {
        return database.read(in -> in.get(manifests(repository), digest).map(Catalogue::manifest));
    }

    /** By tag or digest. */
    Optional<StoredManifest> find(String repository, String reference) {
        return database.read(in -> (Digest.isDigest(reference)
                        ? Optional.of(reference)
                        : in.get(tags(repository), reference).map(Catalogue::text))
                .flatMap(digest -> in.get(manifests(repository), digest))
                .map(Catalogue::manifest));
    }

    boolean hasRepository(String repository) {
        return database.read(in -> in.get(REPOSITORIES, repository).isPresent());
    }

    boolean isLinked(String repository, String digest) {
        return database.read(in -> in.get(links(repository), digest).isPresent());
    }

    void link(String repository, String digest, long size) {
        database.write(in -> {
            in.put(REPOSITORIES, repository, new byte[0]);
            in.put(links(repository), digest, bytes(size + " " + System.currentTimeMillis()));
            return true;
        });
    }

    boolean unlink(String repository, String digest) {
        return database.write(in -> in.delete(links(repository), digest));
    }

    /**
     * Adds a manifest, under its digest and perhaps tags. What it refers to must be there at that moment.
     *
     * @throws Refusal MANIFEST_BLOB_UNKNOWN
     */
    void add(String repository, StoredManifest manifest, List<String> tags) {
        database.write(in -> {
            for (String each : manifest.references()) {
                if (in.get(links(repository), each).isEmpty()
                        && in.get(manifests(repository), each).isEmpty()) {
                    throw new Refusal(
                            DistributionError.MANIFEST_BLOB_UNKNOWN,
                            "manifest refers to a blob that is not in the repository; push it first",
                            each);
                }
            }
            put(in, repository, manifest, tags);
            return true;
        });
    }

    /** Adds a manifest whose blobs come when somebody asks for them. */
    void addIncomplete(String repository, StoredManifest manifest, List<String> tags) {
        database.write(in -> {
            put(in, repository, manifest, tags);
            return true;
        });
    }

    private static void put(Transaction in, String repository, StoredManifest manifest, List<String> tags) {
        in.put(REPOSITORIES, repository, new byte[0]);
        in.put(manifests(repository), manifest.digest(), RegistryJson.write(manifest));
        tags.forEach(tag -> in.put(tags(repository), tag, bytes(manifest.digest())));
        if (manifest.subject() != null) {
            in.put(referrers(repository, manifest.subject()), manifest.digest(), new byte[0]);
        }
    }

    boolean removeTag(String repository, String tag) {
        return database.write(in -> in.delete(tags(repository), tag));
    }

    /** Removes a manifest and every tag of it; whether there was one. */
    boolean removeManifest(String repository, String digest) {
        return database.write(in -> {
            Optional<StoredManifest> manifest =
                    in.get(manifests(repository), digest).map(Catalogue::manifest);
            manifest.ifPresent(found -> {
                in.delete(manifests(repository), digest);
                in.list(tags(repository)).stream()
                        .filter(each -> text(each.body()).equals(digest))
                        .forEach(each -> in.delete(tags(repository), each.id()));
                if (found.subject() != null) {
                    in.delete(referrers(repository, found.subject()), digest);
                }
            });
            return manifest.isPresent();
        });
    }

    /** Removes the manifests that came before a moment. */
    void dropManifests(long before) {
        for (String repository : repositories("", Integer.MAX_VALUE)) {
            List<String> old = database.read(in -> in.list(manifests(repository)).stream()
                    .filter(each -> manifest(each.body()).pushed() < before)
                    .map(Document::id)
                    .toList());
            old.forEach(digest -> removeManifest(repository, digest));
        }
    }

    List<StoredManifest> referrersOf(String repository, String subject) {
        return database.read(in -> in.list(referrers(repository, subject)).stream()
                .flatMap(each -> in.get(manifests(repository), each.id()).stream())
                .map(Catalogue::manifest)
                .toList());
    }

    /** The sum of the sizes of the blobs that a repository links. */
    long size(String repository) {
        return database.read(in -> in.list(links(repository)).stream()
                .mapToLong(each -> link(each).size())
                .sum());
    }

    /**
     * Drops links that no manifest of their repository needs and that are older than a moment: uploads come before the
     * manifest that refers to them.
     */
    int dropUnused(long before) {
        int dropped = 0;
        for (String repository : repositories("", Integer.MAX_VALUE)) {
            dropped += database.write(in -> {
                Set<String> used = new HashSet<>();
                in.list(manifests(repository))
                        .forEach(each -> used.addAll(manifest(each.body()).references()));
                List<Document> unused = in.list(links(repository)).stream()
                        .filter(each -> !used.contains(each.id()) && link(each).time() < before)
                        .toList();
                unused.forEach(each -> in.delete(links(repository), each.id()));
                forgetIfEmpty(in, repository);
                return unused.size();
            });
        }
        return dropped;
    }

    private static void forgetIfEmpty(Transaction in, String repository) {
        if (in.list(links(repository), "", 1).isEmpty()
                && in.list(manifests(repository), "", 1).isEmpty()) {
            in.delete(REPOSITORIES, repository);
        }
    }

    /** Every digest that a repository has. */
    Set<String> digests() {
        return database.read(in -> {
            Set<String> all = new HashSet<>();
            for (Document repository : in.list(REPOSITORIES)) {
                in.list(links(repository.id())).forEach(each -> all.add(each.id()));
                in.list(manifests(repository.id())).forEach(each -> all.add(each.id()));
            }
            return all;
        });
    }

    private record Link(long size, long time) {}

    private static Link link(Document document) {
        String text = text(document.body());
        int space = text.indexOf(' ');
        return new Link(Long.parseLong(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
    }

    private static StoredManifest manifest(byte[] body) {
        return RegistryJson.read(StoredManifest.class, body, "stored manifest");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
