"""The painting part of the web server: a job queue, and a supervisor with one worker process."""
