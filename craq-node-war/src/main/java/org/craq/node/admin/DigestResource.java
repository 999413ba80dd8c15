package org.craq.node.admin;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.regex.Pattern;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.node.files.UserNames;
import org.craq.node.metadata.CleanState;
import org.craq.node.replication.MemberView;
import org.craq.node.runtime.NodeRuntime;
import org.craq.node.runtime.RunningNode;
import org.craq.server.access.Needs;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.Errors;

/** Digests of the files that this node holds at a commit mark, page by page, for comparing members ({@code craq scrub --compare}). */
@RequestScoped
@Needs
@Path("admin/digest")
public class DigestResource {
    private static final int MAX_PAGE = 1000;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    @Inject
    private RunningNode running;

    @Inject
    private CleanState state;

    /**
     * One page. The store's own files appear as one row under their common prefix. Their names are not shown, as anyone who knows the
     * name of an upload can write to it.
     *
     * @param mark the commit mark to which the page refers
     * @param last the page's last name; empty when there are no files
     * @param sha256 digest of the names and of what is held under them
     * @param rows the files, if requested
     */
    public record Page(long mark, int files, String last, String sha256, List<CleanState.Held> rows) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public void page(
            @QueryParam("mark") @DefaultValue("-1") String mark,
            @QueryParam("prefix") @DefaultValue("") String prefix,
            @QueryParam("after") @DefaultValue("") String after,
            @QueryParam("limit") @DefaultValue("1000") String limit,
            @QueryParam("rows") @DefaultValue("false") String rows,
            @Suspended AsyncResponse response) {
        running.http().clients().answer(response, () -> Response.ok(page(mark, prefix, after, limit, rows))
                .build());
    }

    private Page page(String mark, String prefix, String after, String limit, String rows) {
        NodeRuntime node = running.node();
        MemberView view = node.members().onlyDriver().view();
        Seq commit = view.report().commit();
        Seq at = mark.equals("-1") ? commit : new Seq(number("mark", mark, 0, Long.MAX_VALUE));
        if (!view.report().complete() || at.isAfter(commit) || view.forgotten().isAfter(at)) {
            throw new CraqException(
                    ErrorCode.NOT_SERVING,
                    "this member is not complete, or can't tell which versions were clean at mark " + at
                            + "; its own mark is " + commit);
        }
        HeldFiles held = new HeldFiles(
                node.files(), state, node.config().id(), view.report().chain(), at);
        List<CleanState.Held> files = held.page(
                own(prefix) ? prefix : Errors.valid(() -> UserNames.prefix(prefix)),
                own(after) ? after : Errors.valid(() -> UserNames.prefix(after)),
                (int) number("limit", limit, 1, MAX_PAGE));
        return new Page(
                at.value(),
                files.size(),
                files.isEmpty() ? "" : files.get(files.size() - 1).name(),
                HeldFiles.sha256(files),
                flag(rows) ? files : List.of());
    }

    /** The row of the store's own files can be used as prefix and as start, like any other. */
    private static boolean own(String name) {
        return name.equals(FileName.OWN);
    }

    private static long number(String name, String text, long least, long most) {
        if (!NUMBER.matcher(text).matches() || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    name + " must be a number of at least " + least
                            + (most < Long.MAX_VALUE ? " and at most " + most : "") + "; it is '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private static boolean flag(String rows) {
        if (!rows.equals("true") && !rows.equals("false")) {
            throw new CraqException(ErrorCode.INVALID_ARGUMENT, "rows must be true or false; it is '" + rows + "'");
        }
        return rows.equals("true");
    }
}
