package org.craq.client.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.craq.client.CraqClient;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Lists the files below a prefix and submits them to be read into a local folder. Folders are created as files need
 * them.
 */
final class FolderGet implements Folder {
    private final String prefix;
    private final Path folder;
    private final GetOptions options;
    private final TransferReport report;
    private final LocalNames names = LocalNames.ofProcess();

    /**
     * Creates a transfer.
     *
     * @param prefix prefix of the relative paths: empty, or with a slash at its end
     */
    FolderGet(String prefix, Path folder, GetOptions options, TransferReport report) {
        this.prefix = prefix;
        this.folder = folder;
        this.options = options;
        this.report = report;
    }

    @Override
    public long total(CraqClient client) {
        long sum = 0;
        for (FileInfo file : client.listAll(prefix)) {
            sum += file.length();
        }
        return sum;
    }

    @Override
    public void transfer(CraqClient client, Transfers transfers) throws InterruptedException {
        boolean any = false;
        for (FileInfo file : client.listAll(prefix)) {
            any = true;
            if (transfers.hopeless()) {
                report.untried();
                return;
            }
            transfers.add(file.name(), progress -> {
                Path target = target(file.name());
                FileInfo info = client.get(
                        file.name(),
                        target,
                        options.withProgress(progress).withResume(text -> report.note(file.name(), text)));
                report.line(TransferReport.line(info, names.shown(target)), Json.of(info));
                return info.length();
            });
        }
        if (!any) {
            throw new CraqException(
                    ErrorCode.NOT_FOUND,
                    prefix.isEmpty()
                            ? "the store has no files"
                            : "there is no file whose name begins with '" + prefix + "'");
        }
    }

    private Path target(String name) throws IOException {
        Path target =
                folder.resolve(names.path(name.substring(prefix.length()))).normalize();
        if (!target.startsWith(folder.normalize())) {
            throw new FileSystemException(name, null, "would be written outside of " + folder);
        }
        Path parent = target.toAbsolutePath().getParent();
        try {
            Files.createDirectories(parent);
        } catch (FileSystemException e) {
            throw (IOException) new FileSystemException(
                            name,
                            null,
                            "no folder " + parent + " can be created for it: another file may have its name")
                    .initCause(e);
        }
        return target;
    }
}
