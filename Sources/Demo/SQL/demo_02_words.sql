-- The words of the marketplace, as constant arrays that the planner folds away.
CREATE FUNCTION given_names() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Ahmed', 'Ali', 'Hassan', 'Hussain', 'Bilal', 'Usman', 'Umar', 'Hamza', 'Zain', 'Faisal', 'Imran', 'Kamran',
    'Salman', 'Adnan', 'Asad', 'Danish', 'Fahad', 'Haris', 'Junaid', 'Kashif', 'Nabeel', 'Omer', 'Rizwan', 'Saad',
    'Shahzaib', 'Taimoor', 'Waqas', 'Yasir', 'Zeeshan', 'Arslan', 'Ayesha', 'Fatima', 'Zainab', 'Maryam', 'Hira',
    'Sana', 'Mahnoor', 'Iqra', 'Amna', 'Rabia', 'Sadia', 'Nida', 'Mehwish', 'Anum', 'Bushra', 'Kiran', 'Laiba',
    'Maham', 'Noor', 'Saba', 'Sidra', 'Tooba', 'Urooj', 'Zara', 'Alina', 'Areeba', 'Muhammad', 'Abdullah',
    'Ibrahim', 'Zoë', 'فاطمہ', 'احمد'];
CREATE FUNCTION family_names() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Khan', 'Malik', 'Sheikh', 'Butt', 'Chaudhry', 'Qureshi', 'Siddiqui', 'Ansari', 'Hashmi', 'Baig', 'Mirza',
    'Rana', 'Raja', 'Awan', 'Abbasi', 'Bhatti', 'Dar', 'Farooqi', 'Gill', 'Iqbal', 'Javed', 'Kazmi', 'Lodhi',
    'Mehmood', 'Naqvi', 'Paracha', 'Rehman', 'Saleem', 'Shah', 'Tariq', 'Usmani', 'Yousafzai', 'Zaidi', 'Memon',
    'Soomro', 'Bhutto', 'Baloch', 'Durrani', 'Afridi', 'Khattak', 'Niazi', 'Gilani', 'Bukhari', 'Rizvi', 'D’Souza',
    'O''Brien', 'Cheema', 'Virk', 'Warraich', 'قریشی'];
CREATE FUNCTION store_first_words() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Chronos', 'Waqt', 'Royal', 'Imperial', 'Crescent', 'Heritage', 'Prestige', 'Meridian', 'Pearl', 'Sultan',
    'Noble', 'Emerald', 'Anarkali', 'Clifton', 'Gulberg', 'Mughal', 'Indus', 'Karakoram', 'Saddar', 'Tempus',
    'Perpetual', 'Golden', 'Swiss', 'Time', 'Grand', 'Khyber', 'Ravi', 'Margalla', 'Zamana', 'Minar', 'Quaid'];
CREATE FUNCTION store_second_words() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Watches', 'Time House', 'Watch Co.', 'Timepieces', 'Horology', 'Watch Gallery', 'Boutique', 'Watch Emporium',
    'Chronographs', 'Time Centre', 'Watch Bazaar', 'Vintage', 'Collectors', 'Watch Studio', '& Sons', 'Traders',
    'Time Square', 'Wrist Wear', 'Ghari Ghar', 'Exchange', 'Watch Vault', 'Movements', 'Dials'];
CREATE FUNCTION streets() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Shahrah-e-Faisal', 'Main Boulevard', 'Mall Road', 'Jail Road', 'Tariq Road', 'Zamzama Street', 'Murree Road',
    'Ferozepur Road', 'Khayaban-e-Ittehad', 'University Road', 'GT Road', 'Circular Road', 'Canal Bank Road',
    'Susan Road', 'Bosan Road', 'Hill Road', 'Garden Avenue', 'Stadium Road', 'Allama Iqbal Road', 'Model Town Link'];
CREATE FUNCTION areas() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'DHA Phase 5', 'Gulshan-e-Iqbal', 'Bahria Town', 'Model Town', 'Johar Town', 'Clifton Block 4', 'F-10 Markaz',
    'Satellite Town', 'Hayatabad', 'Cantt', 'North Nazimabad', 'Askari 11', 'Wapda Town', 'G-11/3', 'PECHS Block 2'];

-- Cities with their province, the first digits of postal code and CNIC, and how often they order.
CREATE UNLOGGED TABLE cities (city text, province text, postal text, cnic text, share integer);
INSERT INTO cities (city, province, postal, cnic, share) VALUES
    ('Karachi', 'Sindh', '74', '42101', 26), ('Lahore', 'Punjab', '54', '35202', 22),
    ('Islamabad', 'Islamabad Capital Territory', '44', '61101', 11), ('Rawalpindi', 'Punjab', '46', '37405', 8),
    ('Faisalabad', 'Punjab', '38', '33100', 7), ('Multan', 'Punjab', '60', '36302', 5),
    ('Peshawar', 'Khyber Pakhtunkhwa', '25', '17301', 5), ('Sialkot', 'Punjab', '51', '34603', 4),
    ('Gujranwala', 'Punjab', '52', '34101', 3), ('Hyderabad', 'Sindh', '71', '41304', 3),
    ('Quetta', 'Balochistan', '87', '54400', 2), ('Abbottabad', 'Khyber Pakhtunkhwa', '22', '13101', 1),
    ('Bahawalpur', 'Punjab', '63', '31202', 1), ('Sukkur', 'Sindh', '65', '45504', 1),
    ('Muzaffarabad', 'Azad Jammu and Kashmir', '13', '82203', 1);
CREATE UNLOGGED TABLE city_slots AS
SELECT row_number() OVER (ORDER BY c.city, s.slot) - 1 AS slot, c.city, c.province, c.postal, c.cnic
FROM cities AS c, generate_series(1, c.share) AS s (slot);

-- What customers write on an order: commas, quotes, line breaks, other scripts, long text, and text that a spreadsheet
-- would take for a formula.
CREATE FUNCTION customer_remarks() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Please call before delivery', 'Gift wrap please, and no invoice in the box',
    'Deliver after 5 pm, office is closed on Friday', E'House is behind the mosque.\nRing the bell twice.',
    'He said "only original box", so please check', 'براہ کرم شام کے بعد پہنچائیں', 'تحفہ ہے، قیمت مت لکھیں',
    '+92 300 1234567 pe call karein', '=gift: wrap it twice', '-please do not call in the morning-',
    '@home till noon, then office', 'Need it before Eid 🌙 inshallah', 'Leave with the guard; CNIC is with him',
    E'Size the bracelet to 17,5 cm\r\nKeep the spare links', 'Engrave: "با محبت — to Abba"', 'Urgent!!'];
CREATE FUNCTION office_remarks() RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY[
    'Customer confirmed by phone', 'Address verified with courier', 'Repeat buyer, handle with care',
    'Serial number checked against warranty card', 'Packed by Kashif, sealed on camera',
    'Second attempt agreed with courier', 'Bracelet sized before dispatch', 'Insurance slip in the box'];
CREATE FUNCTION long_remark() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    'This watch is a present for my father, who wore the same model when he was a young officer and lost it in the '
    || 'floods; please make sure that the dial is the dark one, that the bracelet has all of its links, and that the '
    || 'papers carry the same serial number as the case back. ';
