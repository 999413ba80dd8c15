package org.craq.node.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.craq.core.chain.Seq;
import org.craq.node.NodeRuntime;
import org.craq.node.NodeWiring;
import org.craq.node.metadata.CleanState;
import org.craq.node.replication.MemberView;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/** What this node holds at a commit mark, page by page, so that members can be compared: {@code craq scrub --compare}. */
@RequestScoped
@Path("admin/digest")
public class DigestResource {
    private static final int MAX_PAGE = 1000;

    @Inject
    private NodeWiring wiring;

    @Inject
    private CleanState state;

    /**
     * One page.
     *
     * @param mark the commit mark that it is of
     * @param last the page's last name; empty when there are no files
     * @param sha256 of names and holdings
     * @param rows the files, if asked for
     */
    public record Page(long mark, int files, String last, String sha256, List<CleanState.Held> rows) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Page page(
            @QueryParam("mark") @DefaultValue("-1") long mark,
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("after") @DefaultValue("") String after,
            @QueryParam("limit") @DefaultValue("1000") int limit,
            @QueryParam("rows") @DefaultValue("false") boolean rows) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "limit must lie between 1 and " + MAX_PAGE);
        }
        NodeRuntime node = wiring.node();
        MemberView view = node.members().onlyDriver().view();
        Seq commit = view.report().commit();
        Seq at = mark < 0 ? commit : new Seq(mark);
        if (!view.report().complete() || at.isAfter(commit) || view.forgotten().isAfter(at)) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "this member is not complete, or does not know what is clean at mark " + at + "; its own is "
                            + commit);
        }
        List<CleanState.Held> files =
                state.page(node.config().id(), view.report().chain(), prefix, after, limit, at);
        return new Page(
                at.value(),
                files.size(),
                files.isEmpty() ? "" : files.get(files.size() - 1).name(),
                sha256(files),
                rows ? files : List.of());
    }

    private static String sha256(List<CleanState.Held> files) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (CleanState.Held file : files) {
                digest.update((file.name() + "\0" + file.holding() + "\0").getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
