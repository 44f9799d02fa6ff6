#!/usr/bin/env ruby
# frozen_string_literal: true

# Sends published recordings to Ballast (recordings.mode: archive). BigBlueButton runs it after each format is published:
#
#   ruby post_publish_ballast.rb -m INTERNAL_MEETING_ID [-f FORMAT]
#
# By hand or from cron: --all sends everything that has not been sent yet. See README.md beside this file.
# Needs Ruby 2.7 or later and GNU tar; no gems.

require 'digest'
require 'fileutils'
require 'json'
require 'logger'
require 'net/http'
require 'openssl'
require 'optparse'
require 'uri'
require 'yaml'

module Ballast
  # BigBlueButton's internal meeting ID.
  RECORD_ID = /\A[0-9a-f]{40}-\d{10,16}\z/.freeze
  FORMAT = /\A[a-z][a-z0-9_-]{0,31}\z/.freeze

  # The recording cannot be sent, and trying again would not help.
  class Refused < StandardError; end

  # Ballast has it, or a part of it, and cannot import that: the same bytes would fail again.
  class Unfit < Refused; end

  # It cannot be sent now.
  class Unreachable < StandardError; end

  # Ballast has other bytes than we thought.
  class Misplaced < StandardError; end

  # What /etc/bigbluebutton/ballast.yml says.
  class Settings
    DEFAULTS = {
      'published_dir' => '/var/bigbluebutton/published',
      'status_dir' => '/var/bigbluebutton/recording/status',
      'delete_recording' => false,
      'piece_size' => 16 * 1024 * 1024,
      'attempts' => 8,
      'first_wait' => 2,
      'longest_wait' => 60,
      'wait_for_import' => 600
    }.freeze

    # Every setting there is, and what it may be.
    ALLOWED = {
      'url' => ['a text', ->(value) { value.is_a?(String) }],
      'token' => ['a text (in quotes where it is all digits)', ->(value) { value.is_a?(String) }],
      'ca_file' => ['a path', ->(value) { value.is_a?(String) }],
      'published_dir' => ['a path', ->(value) { value.is_a?(String) }],
      'status_dir' => ['a path', ->(value) { value.is_a?(String) }],
      'delete_recording' => ['true or false, without quotes', ->(value) { [true, false].include?(value) }],
      'piece_size' => ['a whole number above 0', ->(value) { value.is_a?(Integer) && value.positive? }],
      'attempts' => ['a whole number above 0', ->(value) { value.is_a?(Integer) && value.positive? }],
      'first_wait' => ['a number of seconds', ->(value) { value.is_a?(Numeric) && !value.negative? }],
      'longest_wait' => ['a number of seconds', ->(value) { value.is_a?(Numeric) && !value.negative? }],
      'wait_for_import' => ['a number of seconds', ->(value) { value.is_a?(Numeric) && !value.negative? }]
    }.freeze

    def self.load(path)
      given = YAML.safe_load(File.read(path))
      raise Refused, "#{path} must hold url and token" unless given.is_a?(Hash)

      new(given)
    rescue SystemCallError => e
      raise Refused, "#{path} cannot be read: #{e.message}"
    rescue Psych::Exception
      # Its message would repeat a part of the file, which may be the token.
      raise Refused, "#{path} is no YAML"
    end

    def initialize(given)
      # A key without a value is one that is not there.
      @values = DEFAULTS.merge(given.compact)
      check_names(given)
      check_values
      check_url
    end

    def [](name)
      @values[name]
    end

    # Of the import, whether the setting ends in a slash or not.
    def url
      URI.join("#{@values['url'].sub(%r{/+\z}, '')}/", 'admin/v1/recordings/import')
    end

    private

    def check_names(given)
      unknown = given.keys.map(&:to_s) - ALLOWED.keys
      return if unknown.empty?

      raise Refused, "unknown settings: #{unknown.join(', ')}; there are #{ALLOWED.keys.join(', ')}"
    end

    # Says what it may be and not what it is, which may be the token.
    def check_values
      ['url', 'token'].each { |name| raise Refused, "#{name} is missing" if ['', nil].include?(@values[name]) }
      @values.each do |name, value|
        what, is_allowed = ALLOWED.fetch(name)
        raise Refused, "#{name} must be #{what}" unless is_allowed.call(value)
      end
    end

    def check_url
      return if url.is_a?(URI::HTTPS)

      is_own = ['localhost', '127.0.0.1', '[::1]'].include?(url.host)
      raise Refused, 'url must begin with https:// (the token would be readable on its way)' unless is_own
    rescue URI::Error
      raise Refused, 'url is no URL'
    end
  end

  # One archive of formats of a recording: made while it is read, never kept on the disk.
  class Archive
    attr_reader :sha256, :size

    def initialize(published_dir, record_id, formats)
      @command = ['tar', '--create', '--format=gnu', '--sort=name', '--owner=0', '--group=0', '--numeric-owner',
                  '--dereference', '--hard-dereference', '--directory', published_dir, '--file', '-', '--']
      @command += formats.map { |format| File.join(format, record_id) }
      measure
    end

    # Yields [offset, piece] from `offset` on.
    def pieces(offset, piece_size)
      read do |tar|
        skip(tar, offset)
        while (piece = tar.read(piece_size))
          yield offset, piece
          offset += piece.bytesize
        end
      end
    end

    private

    def measure
      digest = Digest::SHA256.new
      @size = 0
      read do |tar|
        while (chunk = tar.read(1024 * 1024))
          digest << chunk
          @size += chunk.bytesize
        end
      end
      @sha256 = digest.hexdigest
    end

    def skip(tar, bytes)
      while bytes.positive?
        chunk = tar.read([bytes, 1024 * 1024].min)
        break if chunk.nil?

        bytes -= chunk.bytesize
      end
    end

    def read(&block)
      IO.popen(@command, 'rb', &block)
      # A list of arguments: no shell ever sees a name.
      raise Unreachable, "tar failed (#{$?.exitstatus})" unless $?.success?
    end
  end

  # Speaks to Ballast.
  class Client
    # Answers after which the same again would be refused again.
    FINAL = [400, 401, 403, 404, 405, 413].freeze

    def initialize(settings)
      @settings = settings
      @url = settings.url
    end

    # What Ballast has of an archive.
    def status(sha256)
      request(Net::HTTP::Get, { 'sha256' => sha256 })
    end

    def send_piece(name, archive, offset, piece)
      query = { 'name' => name, 'sha256' => archive.sha256, 'size' => archive.size, 'offset' => offset }
      request(Net::HTTP::Post, query, piece)
    end

    private

    def request(method, query, body = nil)
      url = @url.dup
      url.query = URI.encode_www_form(query)
      message = method.new(url)
      message['Authorization'] = "Bearer #{@settings['token']}"
      unless body.nil?
        message['Content-Type'] = 'application/x-tar'
        message.body = body
      end
      answer = http.start { |connection| connection.request(message) }
      judge(answer)
    rescue SystemCallError, SocketError, IOError, Timeout::Error, OpenSSL::SSL::SSLError, Net::ProtocolError => e
      raise Unreachable, "#{@url.host}: #{e.message}"
    end

    def http
      connection = Net::HTTP.new(@url.hostname, @url.port)
      connection.use_ssl = @url.is_a?(URI::HTTPS)
      connection.verify_mode = OpenSSL::SSL::VERIFY_PEER
      connection.ca_file = @settings['ca_file'] if @settings['ca_file']
      connection.open_timeout = 10
      # With the last piece Ballast reads all of it once more, for its sum.
      connection.read_timeout = 900
      connection.write_timeout = 300
      # Sending again is our own affair: Ballast may have the piece already.
      connection.max_retries = 0
      connection
    end

    def judge(answer)
      content = parse(answer.body)
      code = answer.code.to_i
      return content if code == 200 && content.key?('step')

      detail = "#{code} #{content['detail'] || answer.message}"
      raise Misplaced, detail if [409, 422].include?(code)
      raise Refused, detail if FINAL.include?(code)

      raise Unreachable, detail
    end

    def parse(body)
      content = JSON.parse(body.to_s)
      content.is_a?(Hash) ? content : {}
    rescue JSON::ParserError
      {}
    end
  end

  # Sends recordings and remembers what was sent.
  class Sender
    def initialize(settings, logger, client: Client.new(settings), sleeper: ->(seconds) { sleep(seconds) })
      @settings = settings
      @logger = logger
      @client = client
      @sleeper = sleeper
    end

    # True when Ballast has imported it.
    def send_recording(record_id, only_format = nil)
      raise Refused, "#{record_id.inspect} is no internal meeting ID" unless RECORD_ID.match?(record_id)

      formats = published_formats(record_id)
      formats &= [only_format] unless only_format.nil?
      if formats.empty?
        # BigBlueButton also runs this for formats that publish nothing.
        @logger.info("#{record_id}: nothing is published#{only_format && " as #{only_format}"}")
        return true
      end
      is_done = upload(record_id, formats)
      return false unless is_done

      remember(done_file(record_id), record_id, formats)
      delete(record_id) if @settings['delete_recording']
      true
    rescue Unfit
      remember(failed_file(record_id), record_id, formats)
      raise
    end

    # Recordings with formats that have not been sent, or were published again since then; not what Ballast could not import.
    def unsent
      Dir.glob(File.join(@settings['published_dir'], '*', '*', 'metadata.xml')).map { |path| File.basename(File.dirname(path)) }
         .uniq.select { |id| RECORD_ID.match?(id) && !sent?(id) && !unfit?(id) }.sort
    end

    private

    def published_formats(record_id)
      Dir.glob(File.join(@settings['published_dir'], '*', record_id, 'metadata.xml'))
         .map { |path| File.basename(File.dirname(path, 2)) }.select { |name| FORMAT.match?(name) }.sort
    end

    def upload(record_id, formats)
      name = "#{record_id}-#{formats.join('-')}.tar"
      attempt = 0
      begin
        archive = Archive.new(@settings['published_dir'], record_id, formats)
        @logger.info("#{record_id}: sending #{formats.join(', ')} (#{archive.size} bytes)")
        status = send_pieces(name, archive)
        await_import(record_id, archive, status)
      rescue Unreachable, Misplaced => e
        attempt += 1
        raise Unreachable, e.message if attempt >= @settings['attempts']

        wait = [@settings['first_wait'] * (2**(attempt - 1)), @settings['longest_wait']].min
        @logger.warn("#{record_id}: #{e.message}; again in #{wait} s")
        @sleeper.call(wait * (1 + (rand / 4)))
        retry
      end
    end

    def send_pieces(name, archive)
      status = @client.status(archive.sha256)
      # One that was put aside may be sent again: what was wrong may have been on Ballast's side.
      return status unless ['arriving', 'failed'].include?(status['step'])

      offset = status['step'] == 'arriving' ? status['offset'].to_i : 0
      archive.pieces(offset, @settings['piece_size']) do |at, piece|
        status = @client.send_piece(name, archive, at, piece)
        break unless status['step'] == 'arriving'
      end
      # All of it arrived before, and Ballast was ended or the answer lost: nothing more makes it go on.
      if status['step'] == 'arriving' && status['offset'].to_i >= archive.size
        status = @client.send_piece(name, archive, archive.size, '')
      end
      raise Unreachable, 'the archive has arrived in part' if status['step'] == 'arriving'

      status
    end

    def await_import(record_id, archive, status)
      waited = 0
      until ['done', 'failed'].include?(status['step'])
        if waited >= @settings['wait_for_import']
          @logger.warn("#{record_id}: Ballast has it, and has not imported it after #{waited} s")
          return false
        end
        pause = [1 + (waited / 10), 15].min
        @sleeper.call(pause)
        waited += pause
        status = @client.status(archive.sha256)
      end
      raise Unfit, "Ballast cannot import it: #{status['reason']}" if status['step'] == 'failed'
      raise Unfit, "Ballast has imported it in part: #{status['reason']}" if status['reason']

      @logger.info("#{record_id}: imported")
      true
    end

    def done_file(record_id)
      File.join(@settings['status_dir'], 'published', "#{record_id}-ballast.done")
    end

    def failed_file(record_id)
      File.join(@settings['status_dir'], 'published', "#{record_id}-ballast.fail")
    end

    # By format the time its metadata.xml had when it was sent.
    def stamps_in(path)
      JSON.parse(File.read(path))
    rescue Errno::ENOENT, JSON::ParserError
      {}
    end

    def sent?(record_id)
      unsent_formats(record_id).empty?
    end

    # Whatever is left to be sent failed as it is now.
    def unfit?(record_id)
      failed = stamps_in(failed_file(record_id))
      unsent_formats(record_id).all? { |format| failed[format] == stamp(record_id, format) }
    end

    def unsent_formats(record_id)
      sent = stamps_in(done_file(record_id))
      published_formats(record_id).reject { |format| sent[format] == stamp(record_id, format) }
    end

    def remember(path, record_id, formats)
      stamps = stamps_in(path)
      formats.each { |format| stamps[format] = stamp(record_id, format) }
      FileUtils.mkdir_p(File.dirname(path))
      File.write("#{path}.new", "#{JSON.generate(stamps)}\n")
      File.rename("#{path}.new", path)
    end

    def stamp(record_id, format)
      File.mtime(File.join(@settings['published_dir'], format, record_id, 'metadata.xml')).to_i
    end

    # Only once every format that was processed is published and sent: deleting takes the raw data as well.
    def delete(record_id)
      processed = Dir.glob(File.join(@settings['status_dir'], 'processed', "#{record_id}-*.done"))
                     .map { |path| File.basename(path, '.done').delete_prefix("#{record_id}-") }
      waiting = processed - published_formats(record_id)
      unless waiting.empty? && sent?(record_id)
        @logger.info("#{record_id}: not deleted, #{waiting.empty? ? 'not all is sent' : "#{waiting.join(', ')} not published"} yet")
        return
      end
      return if system('bbb-record', '--delete', record_id, out: File::NULL)

      @logger.error("#{record_id}: bbb-record --delete failed")
    end
  end

  # The command line; answers the exit code.
  class Command
    def self.run(argv)
      new(argv).run
    rescue OptionParser::ParseError => e
      warn e.message
      2
    end

    def initialize(argv)
      @options = { config: '/etc/bigbluebutton/ballast.yml' }
      parser.parse!(argv.dup)
      raise OptionParser::MissingArgument, '-m ID or --all' unless @options[:meeting_id] || @options[:all]
    end

    def run
      sender = Sender.new(Settings.load(@options[:config]), logger)
      ids = @options[:all] ? sender.unsent : [@options[:meeting_id]]
      outcomes = ids.map { |id| attempt(sender, id) }
      logger.info("#{outcomes.count(true)} of #{ids.length} sent") if @options[:all]
      outcomes.all? ? 0 : 1
    rescue Refused => e
      logger.error(e.message)
      1
    end

    private

    def attempt(sender, id)
      sender.send_recording(id, @options[:format])
    rescue Refused, Unreachable, SystemCallError => e
      logger.error("#{id}: not sent: #{e.message}")
      false
    end

    def logger
      @logger ||= Logger.new(@options[:log] || $stdout, progname: 'ballast')
    end

    def parser
      OptionParser.new do |options|
        options.banner = 'Usage: post_publish_ballast.rb (-m ID [-f FORMAT] | --all) [--config FILE] [--log FILE]'
        options.on('-m', '--meeting-id ID', 'internal meeting ID') { |given| @options[:meeting_id] = given }
        options.on('-f', '--format FORMAT', 'only this playback format') { |given| @options[:format] = given }
        options.on('--all', 'whatever has not been sent yet') { @options[:all] = true }
        options.on('--config FILE', 'default: /etc/bigbluebutton/ballast.yml') { |given| @options[:config] = given }
        options.on('--log FILE', 'default: standard output') { |given| @options[:log] = given }
      end
    end
  end
end

exit Ballast::Command.run(ARGV) if $PROGRAM_NAME == __FILE__
