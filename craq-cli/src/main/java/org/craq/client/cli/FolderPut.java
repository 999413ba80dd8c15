package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Set;
import java.util.StringJoiner;
import org.craq.client.CraqClient;
import org.craq.client.PutOptions;
import org.craq.client.Receipt;

/** Walks a folder and submits its files to be stored. Anything that is not a regular file is reported and skipped. */
final class FolderPut implements Folder {
    private final Path folder;
    private final String prefix;
    private final boolean follow;
    private final PutOptions options;
    private final TransferReport report;
    private final LocalNames names = LocalNames.ofProcess();

    /**
     * Creates a transfer.
     *
     * @param prefix prefix of the relative paths: empty, or with a slash at its end
     */
    FolderPut(Path folder, String prefix, boolean follow, PutOptions options, TransferReport report)
            throws IOException {
        // The walk does not follow links, but a link that the user named as the folder is followed.
        this.folder = Files.isSymbolicLink(folder) ? folder.toRealPath() : folder;
        this.prefix = prefix;
        this.follow = follow;
        this.options = options;
        this.report = report;
    }

    private interface Found {
        void file(Path path, BasicFileAttributes attributes) throws InterruptedException;
    }

    @Override
    public long total(CraqClient client) throws IOException, InterruptedException {
        long[] sum = new long[1];
        walk((path, attributes) -> sum[0] += attributes.isRegularFile() ? attributes.size() : 0, false);
        return sum[0];
    }

    @Override
    public void transfer(CraqClient client, Transfers transfers) throws IOException, InterruptedException {
        walk(
                (path, attributes) -> {
                    if (transfers.hopeless()) {
                        report.untried();
                    } else if (attributes.isRegularFile()) {
                        transfers.add(names.shown(path), progress -> {
                            Receipt receipt = client.put(name(path), path, options.withProgress(progress));
                            report.line(TransferReport.line(receipt), Json.of(receipt));
                            return receipt.length();
                        });
                    } else {
                        report.skipped(
                                names.shown(path),
                                attributes.isSymbolicLink()
                                        ? "is a symbolic link (use --follow to store its target)"
                                        : "is not a regular file");
                    }
                },
                true);
    }

    private String name(Path path) throws IOException {
        StringJoiner name = new StringJoiner("/");
        try {
            for (Path part : folder.relativize(path)) {
                name.add(names.text(part));
            }
        } catch (FileSystemException e) {
            throw (FileSystemException) new FileSystemException(names.shown(path), null, e.getReason()).initCause(e);
        }
        return prefix + name;
    }

    /**
     * Visits all files.
     *
     * @param tell whether to report what can't be read
     */
    private void walk(Found found, boolean tell) throws IOException, InterruptedException {
        Set<FileVisitOption> options =
                follow ? EnumSet.of(FileVisitOption.FOLLOW_LINKS) : EnumSet.noneOf(FileVisitOption.class);
        InterruptedException[] interrupted = new InterruptedException[1];
        Files.walkFileTree(folder, options, Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                try {
                    found.file(path, attributes);
                    return FileVisitResult.CONTINUE;
                } catch (InterruptedException e) {
                    interrupted[0] = e;
                    return FileVisitResult.TERMINATE;
                }
            }

            @Override
            public FileVisitResult visitFileFailed(Path path, IOException failure) {
                if (tell && failure instanceof FileSystemLoopException) {
                    report.skipped(names.shown(path), "leads back to a folder that contains it");
                } else if (tell) {
                    report.failed(names.shown(path), failure);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        if (interrupted[0] != null) {
            throw interrupted[0];
        }
    }
}
