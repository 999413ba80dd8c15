package org.craq.client.certs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Packs what one server or user needs: its certificate and key, and the certificates of the CA. Never the CA's key. */
public final class Export {
    private static final int OWNER_READS = 0600;
    private static final int ALL_READ = 0644;

    private final Path folder;
    private final Clock clock;

    public Export(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** One file to pack. */
    private record Source(Path file, boolean secret) {
        String name() {
            return file.getFileName().toString();
        }
    }

    private List<Source> sources(String id) throws IOException {
        HolderFiles files = new Roster(folder).files(id);
        if (!Files.exists(files.key())) {
            throw new NoSuchFileException(
                    files.key().toString(), null, "does not exist, and the certificate is of no use without it");
        }
        List<Source> sources = new ArrayList<>();
        sources.add(new Source(new AuthorityFiles(folder).certificates(), false));
        for (Path each : files.existing()) {
            sources.add(new Source(each, !each.equals(files.certificate())));
        }
        return sources;
    }

    /**
     * Writes a tar archive that only its owner can read.
     *
     * @param replace true to replace an existing file
     */
    public void toArchive(String id, Path target, boolean replace) throws IOException {
        List<Source> sources = sources(id);
        if (!replace) {
            requireNew(List.of(target));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Source source : sources) {
                byte[] content = Files.readAllBytes(source.file());
                TarArchiveEntry entry = new TarArchiveEntry(source.name());
                entry.setSize(content.length);
                entry.setMode(source.secret() ? OWNER_READS : ALL_READ);
                // Whoever unpacks the files owns them, also as root.
                entry.setUserName("");
                entry.setGroupName("");
                entry.setModTime(Date.from(clock.instant()));
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        try (FileChanges changes = new FileChanges()) {
            changes.secret(target, bytes.toByteArray());
            changes.commit();
        }
    }

    /**
     * Writes the files into a folder, which is created if it is missing.
     *
     * @param replace true to replace existing files
     */
    public void toFolder(String id, Path target, boolean replace) throws IOException {
        List<Source> sources = sources(id);
        if (!replace) {
            requireNew(sources.stream()
                    .map(source -> target.resolve(source.name()))
                    .toList());
        }
        PrivateFolder.createIfMissing(target);
        try (FileChanges changes = new FileChanges()) {
            for (Source source : sources) {
                Path file = target.resolve(source.name());
                byte[] content = Files.readAllBytes(source.file());
                if (source.secret()) {
                    changes.secret(file, content);
                } else {
                    changes.open(file, content);
                }
            }
            changes.commit();
        }
    }

    private static void requireNew(List<Path> targets) throws FileAlreadyExistsException {
        for (Path target : targets) {
            if (Files.exists(target)) {
                throw new FileAlreadyExistsException(
                        target.toString(), null, "exists already; replace it with --force or name another one");
            }
        }
    }
}
