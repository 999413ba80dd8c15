package org.craq.client.certs;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder with a CA, {@code ca.crt} and {@code ca.key}, and a folder for each server, such as {@code n1/node.crt}, and
 * each user, such as {@code users/anna/user.crt}. Private keys are readable by their owner only. Failures are
 * exceptions whose text says what to do.
 */
public final class CertificateFolder {
    private final Path folder;
    private final Clock clock;
    private final AuthorityFiles authority;
    private final Roster roster;

    public CertificateFolder(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
        this.authority = new AuthorityFiles(folder);
        this.roster = new Roster(folder);
    }

    /** Returns the file with the certificates of the CA that everybody trusts. */
    public Path trusted() {
        return authority.certificates();
    }

    /** Returns the file with the CA's private key. */
    public Path authorityKey() {
        return authority.key();
    }

    /** Returns the end of the validity of the CA that signs. */
    public Instant authorityUntil() throws IOException {
        return authority.signing().certificate().getNotAfter().toInstant();
    }

    /** Returns true if there is a CA. */
    public boolean exists() {
        return authority.exist();
    }

    /** Returns the cluster's name in the certificates. */
    public ClusterName cluster() throws IOException {
        return Authority.cluster(authority.trusted().get(0))
                .orElseThrow(() -> new FileSystemException(
                        trusted().toString(), null, "is not a CA that 'craq certs init' has made"));
    }

    /**
     * Makes a new CA.
     *
     * @param cluster the cluster's name; if empty, that of the CA that is replaced, or a random one
     * @param replace true to replace an existing CA, which makes all its certificates worthless
     */
    public ClusterName create(Optional<ClusterName> cluster, boolean replace) throws IOException {
        if (authority.exist()) {
            if (!replace) {
                throw new FileAlreadyExistsException(
                        trusted().toString(),
                        null,
                        "exists already. Add a server with 'craq certs node', or start anew with --force, which makes"
                                + " all certificates of this CA worthless");
            }
        } else if (Files.isDirectory(folder) && !isEmpty()) {
            throw new FileSystemException(
                    folder.toString(), null, "holds other files and no CA; name a new folder with --dir");
        }
        ClusterName name = cluster.or(this::knownCluster).orElseGet(ClusterName::random);
        PrivateFolder.make(folder);
        try (FileChanges changes = new FileChanges()) {
            authority.write(Authority.create(name, clock.instant()), List.of(), changes);
            changes.commit();
        }
        return name;
    }

    private boolean isEmpty() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /** Returns the name in the present CA; empty if there is none or it is damaged. */
    private Optional<ClusterName> knownCluster() {
        try {
            return Optional.of(cluster());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes certificates for new servers and users.
     *
     * @param replace true to replace what they have
     */
    public List<Issued> issue(List<Holder> holders, boolean replace) throws IOException {
        Set<String> ids = new HashSet<>();
        for (Holder holder : holders) {
            if (!ids.add(holder.id())) {
                throw new IllegalArgumentException("'" + holder.id() + "' is named twice; give each server one name"
                        + " and all its addresses separated by commas");
            }
            if (!replace) {
                requireNew(holder);
            }
        }
        return write(holders);
    }

    private void requireNew(Holder holder) throws FileAlreadyExistsException {
        List<Path> existing = files(holder).existing();
        if (!existing.isEmpty()) {
            throw new FileAlreadyExistsException(
                    existing.get(0).toString(),
                    null,
                    "exists already. 'craq certs renew " + holder.id()
                            + "' replaces it with the same names, --force with those that you give");
        }
    }

    private List<Issued> write(List<Holder> holders) throws IOException {
        Instant now = clock.instant();
        Authority signing = authority.signing();
        if (!signing.certificate().getNotAfter().toInstant().isAfter(now)) {
            throw new FileSystemException(
                    trusted().toString(), null, "has expired; make a new CA with 'craq certs renew --authority'");
        }
        List<Issued> all = new ArrayList<>();
        PrivateFolder.make(folder);
        try (FileChanges changes = new FileChanges()) {
            for (Holder holder : holders) {
                KeyedCertificate made = signing.issue(holder, now);
                HolderFiles files = files(holder);
                PrivateFolder.make(files.folder().getParent());
                files.write(holder.role(), made, changes);
                all.add(new Issued(
                        holder,
                        new Identity(signing.cluster(), holder.role(), holder.name()),
                        files.certificate(),
                        files.key(),
                        made.certificate().getNotAfter().toInstant()));
            }
            changes.commit();
        }
        return all;
    }

    private HolderFiles files(Holder holder) {
        return HolderFiles.of(folder.resolve(holder.id()), holder.role());
    }

    /** Returns the ids of all servers and users that have a certificate. */
    public List<String> ids() throws IOException {
        return roster.ids();
    }

    /**
     * Replaces certificates and keys by new ones with the same names.
     *
     * @param ids as {@link Holder#id} forms them
     */
    public List<Issued> renew(List<String> ids) throws IOException {
        ClusterName cluster = authority.signing().cluster();
        List<Holder> holders = new ArrayList<>();
        for (String id : ids) {
            holders.add(roster.holder(id, cluster));
        }
        return write(holders);
    }

    /**
     * Begins to replace the CA: a new one signs from now on, and both are trusted until {@link #finishReplacement}.
     * May be repeated if it was interrupted.
     */
    public void beginReplacement() throws IOException {
        Authority old = authority.signing();
        if (authority.trusted().indexOf(old.certificate()) == 0
                && authority.trusted().size() > 1) {
            throw new FileSystemException(
                    trusted().toString(),
                    null,
                    "already holds a new CA and the old one; end this change with 'craq certs renew --authority --finish'"
                            + " before the next one");
        }
        try (FileChanges changes = new FileChanges()) {
            authority.write(Authority.create(old.cluster(), clock.instant()), List.of(old.certificate()), changes);
            changes.commit();
        }
    }

    /**
     * Ends the trust in the old CA.
     *
     * @param force true even if there are certificates that it has signed
     */
    public void finishReplacement(boolean force) throws IOException {
        Authority signing = authority.signing();
        List<String> old = new ArrayList<>();
        for (String id : ids()) {
            X509Certificate certificate = roster.certificate(id);
            if (!TrustedAuthorities.signed(signing.certificate(), certificate)) {
                old.add(id);
            }
        }
        if (!old.isEmpty() && !force) {
            throw new FileSystemException(
                    trusted().toString(),
                    null,
                    "is still needed for the certificates that the old CA has signed: " + String.join(", ", old)
                            + ". Renew them first ('craq certs renew --all') and give them to the servers, or end with"
                            + " --force");
        }
        try (FileChanges changes = new FileChanges()) {
            authority.write(signing, List.of(), changes);
            changes.commit();
        }
    }
}
