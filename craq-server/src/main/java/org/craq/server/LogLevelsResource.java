package org.craq.server;

import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.craq.server.access.Needs;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;

/**
 * Lets operators change the log levels of this deployment, for the product's own loggers only. A change takes effect at
 * once and lasts until the server restarts. Each change is logged by a logger outside this range, so no setting can
 * silence it.
 */
@Needs
@Path("admin/log-levels")
public class LogLevelsResource {
    private static final System.Logger CHANGES = System.getLogger("craq.log-levels");
    private static final String ALL = "org.craq";
    /** Maximum number of loggers whose level has been changed; each is kept while its level is changed. */
    static final int MAX_CHANGED = 256;

    private static final int MAX_NAME = 255;
    private static final Pattern NAME = Pattern.compile("org\\.craq(\\.[A-Za-z0-9_$]+)*");
    /** Maps the names of {@link System.Logger.Level} to the levels of the server's logging. */
    private static final Map<String, Level> LEVELS = Map.of(
            "OFF", Level.OFF,
            "ERROR", Level.SEVERE,
            "WARNING", Level.WARNING,
            "INFO", Level.INFO,
            "DEBUG", Level.FINE,
            "TRACE", Level.FINER);

    private static final SortedMap<String, Changed> CHANGED = new TreeMap<>();

    /** A strong reference to a logger: without one it may be garbage collected, and lose its level. */
    private record Changed(Logger logger, Optional<Level> before) {}

    /**
     * The current levels.
     *
     * @param levels by logger: the level of the whole product, and those set here
     */
    public record LogLevels(SortedMap<String, String> levels) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public LogLevels levels() {
        synchronized (CHANGED) {
            SortedMap<String, String> levels = new TreeMap<>();
            levels.put(ALL, name(Logger.getLogger(ALL)));
            CHANGED.forEach((logger, changed) -> levels.put(logger, name(changed.logger())));
            return new LogLevels(levels);
        }
    }

    /** Sets the level of a logger and of all loggers below it that have no level of their own. */
    @PUT
    @Path("{logger}")
    @Produces(MediaType.APPLICATION_JSON)
    public LogLevels set(@PathParam("logger") String name, @QueryParam("level") String level) {
        Level wanted = level == null ? null : LEVELS.get(level);
        if (wanted == null) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "level must be one of OFF, ERROR, WARNING, INFO, DEBUG and TRACE; it is "
                            + (level == null ? "missing" : "'" + level + "'"));
        }
        checkOwn(name);
        synchronized (CHANGED) {
            if (CHANGED.size() >= MAX_CHANGED && !CHANGED.containsKey(name)) {
                throw new CraqException(
                        ErrorCode.CHANGE_REFUSED,
                        MAX_CHANGED + " loggers already have a level of their own; DELETE one of them first");
            }
            Logger logger = Logger.getLogger(name);
            String before = name(logger);
            CHANGED.putIfAbsent(name, new Changed(logger, Optional.ofNullable(logger.getLevel())));
            logger.setLevel(wanted);
            log(logger, before);
        }
        return levels();
    }

    /** Restores the level of the server's configuration. */
    @DELETE
    @Path("{logger}")
    @Produces(MediaType.APPLICATION_JSON)
    public LogLevels reset(@PathParam("logger") String name) {
        checkOwn(name);
        synchronized (CHANGED) {
            Changed changed = CHANGED.remove(name);
            if (changed != null) {
                String before = name(changed.logger());
                changed.logger().setLevel(changed.before().orElse(null));
                log(changed.logger(), before);
            }
        }
        return levels();
    }

    private static void log(Logger logger, String before) {
        CHANGES.log(
                System.Logger.Level.WARNING,
                "the level of {0} was changed to {1} from {2} by a request to /v1/admin/log-levels",
                logger.getName(),
                name(logger),
                before);
    }

    private static void checkOwn(String name) {
        if (name.length() > MAX_NAME || !NAME.matcher(name).matches()) {
            throw new CraqException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the logger must be '" + ALL
                            + "' or one below it, for example 'org.craq.node.replication'; other levels are"
                            + " set in the server's console");
        }
    }

    private static String name(Logger logger) {
        Logger current = logger;
        while (current.getLevel() == null && current.getParent() != null) {
            current = current.getParent();
        }
        Level level = Optional.ofNullable(current.getLevel()).orElse(Level.INFO);
        return LEVELS.entrySet().stream()
                .filter(known -> known.getValue().equals(level))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(level::getName);
    }
}
